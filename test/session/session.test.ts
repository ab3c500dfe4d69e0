import { SessionEnded } from '../../src/session/session.errors.js';
import { Session } from '../../src/session/session.js';
import { SessionChanges } from '../../src/session/session-changes.js';
import type { Change, SessionData } from '../../src/session/session-data.js';
import { OVER_LIMIT } from '../../src/session/session-endings.js';
import { keyOf } from '../../src/session/session-id.js';
import { SessionRepository } from '../../src/session/session-repository.js';
import { Sessions } from '../../src/session/sessions.js';
import { MemoryStore } from '../../src/session/stores/memory.store.js';
import type { SessionStore } from '../../src/session/stores/session-store.js';

// The library does not know the app's data: here it is a list of what was added.
type Data = SessionData & { readonly added: readonly number[] };
const add =
  (n: number): Change =>
  (data) => ({ ...data, added: [...addedIn(data), n] });
const addedIn = (data: SessionData) => (data as Data).added;

const LIFETIME = { idleMs: 60_000, guestIdleMs: 60_000, absoluteMs: 60_000 };
const CLIENT = () => ({ device: 'a browser', address: '192.0.2.7' });
const FORMAT = {
  initial: () => ({ added: [] }) as unknown as SessionData,
  parse: (stored: unknown) => stored as SessionData,
};

let store: SessionStore;
beforeEach(() => {
  store = new MemoryStore({ sweepEveryMs: 60_000 }, LIFETIME);
});
afterEach(async () => store.close());

/** A worker: it shares the store with others and nothing else. */
function worker(lifetime = LIFETIME) {
  const repository = new SessionRepository(store, lifetime, FORMAT);
  const changes = new SessionChanges(repository);
  return {
    visitor: () => new Session(repository, changes, CLIENT, []),
    with: async (...ids: string[]) => {
      const sentKeys = ids.map((id) => keyOf(id as never));
      const found = await Promise.all(sentKeys.map(async (key) => repository.read(key)));
      const live = found.filter((session) => session !== null);
      return new Session(repository, changes, CLIENT, live, { sentKeys });
    },
  };
}

const untilOf = ({ cookieChange }: Session) =>
  cookieChange === null || cookieChange === 'clear' ? cookieChange : cookieChange.until;

const idOf = (session: Session): string => {
  const change = session.cookieChange;
  if (change === null || change === 'clear') throw new Error('no id was set');
  return change.set;
};

test('a visitor has no session in the store until something is remembered', async () => {
  const session = worker().visitor();
  expect(session.key).toBeNull();
  expect(session.cookieChange).toBeNull();
  await session.update(add(1));
  expect(session.key).toBe(keyOf(idOf(session) as never));
  expect(await store.read(session.key!)).not.toBeNull();
});

test('a change that leaves nothing to remember makes no session', async () => {
  const session = worker().visitor();
  await session.update((data) => ({ ...data, added: [] }) as SessionData);
  expect(session.key).toBeNull();
  expect(session.cookieChange).toBeNull();
});

test('concurrent changes from several workers are all kept', async () => {
  const first = worker().visitor();
  await first.update(add(0));
  const workers = [worker(), worker(), worker(), worker()];
  await Promise.all(
    Array.from({ length: 400 }, async (_, i) => {
      const session = await workers[i % 4]!.with(idOf(first));
      await session.update(add(i + 1));
    }),
  );
  const { data } = await worker().with(idOf(first));
  expect(addedIn(data).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 401 }, (_, i) => i));
});

test('changes that meet in one worker are stored in few swaps', async () => {
  const shared = worker();
  const first = shared.visitor();
  await first.update(add(0));
  const session = await shared.with(idOf(first));
  const before = Number((await store.read(session.key!))!.version);
  await Promise.all(Array.from({ length: 100 }, async (_, i) => session.update(add(i))));
  expect(Number((await store.read(session.key!))!.version) - before).toBeLessThan(10);
});

test('a change that throws is rejected alone and leaves no trace', async () => {
  const session = worker().visitor();
  await session.update(add(0));
  const outcomes = await Promise.allSettled([
    session.update(add(1)),
    session.update((data) => {
      (addedIn(data) as number[]).push(666);
      return data;
    }),
    session.update(add(2)),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(addedIn((await worker().with(idOf(session))).data)).toEqual([0, 1, 2]);
});

test('a change that would fail on old data is tried on the newest', async () => {
  const session = worker().visitor();
  await session.update(add(0));
  const stale = await worker().with(idOf(session));
  await session.update(add(1));
  await stale.update((data) => {
    if (addedIn(data).length < 2) throw new Error('too few');
    return add(2)(data);
  });
  expect(addedIn(stale.data)).toEqual([0, 1, 2]);
});

test('a change never brings an ended session back', async () => {
  const session = worker().visitor();
  await session.update(add(0));
  const elsewhere = await worker().with(idOf(session));
  await session.end();
  await expect(elsewhere.update(add(1))).rejects.toThrow(SessionEnded);
  expect(await store.read(elsewhere.key!)).toBeNull();
});

test('signing in gives a new id, takes the data along, and the old id is dead', async () => {
  const session = worker().visitor();
  await session.update(add(7));
  const guestId = idOf(session);
  await session.signIn('ada');
  expect(idOf(session)).not.toBe(guestId);
  expect(session.owner).toBe('ada');
  expect(addedIn(session.data)).toEqual([7]);
  expect((await worker().with(guestId)).key).toBeNull();
});

test('a session has its deadline from the login on, and no change moves it', async () => {
  const before = Date.now();
  const session = worker().visitor();
  await session.signIn('ada');
  const { expiresAt } = session;
  expect(expiresAt).toBeGreaterThanOrEqual(before + LIFETIME.absoluteMs);
  expect(expiresAt).toBeLessThanOrEqual(Date.now() + LIFETIME.absoluteMs);

  const generous = worker({ ...LIFETIME, absoluteMs: 2 * LIFETIME.absoluteMs });
  await (await generous.with(idOf(session))).update(add(1));
  expect((await worker().with(idOf(session))).expiresAt).toBe(expiresAt);
});

test('a persistent session is one until its deadline, whatever id it has; a guest’s, or another user’s, is not', async () => {
  const session = worker().visitor();
  await session.update(add(1));
  expect(untilOf(session)).toBeNull();
  await session.signIn('ada', add(2), { persistent: true });
  expect(untilOf(session)).toBe(session.expiresAt);
  await session.regenerate();
  expect(untilOf(session)).toBe(session.expiresAt);
  await session.signIn('ada');
  expect(untilOf(session)).toBe(session.expiresAt);

  const other = await worker().with(idOf(session));
  await other.signIn('grace');
  expect(untilOf(other)).toBeNull();
  await other.signIn('grace', add(3), { persistent: true });
  await other.signIn('grace', add(4), { persistent: false });
  expect(untilOf(other)).toBeNull();
});

test('of several live sessions none counts, and the next one that the browser gets ends them all', async () => {
  const [mine, theirs] = [worker().visitor(), worker().visitor()];
  await mine.signIn('ada', add(1));
  await theirs.update(add(2));
  const both = await worker().with(idOf(mine), idOf(theirs));
  expect([both.key, both.owner, addedIn(both.data)]).toEqual([null, null, []]);
  await both.signIn('ada', add(3));
  expect(addedIn(both.data)).toEqual([3]);
  for (const { key } of [mine, theirs]) expect(await store.read(key!)).toBeNull();

  const left = await worker().with(idOf(both), idOf(mine), idOf(theirs));
  expect(left.owner).toBe('ada');
});

test('what is added while somebody signs in is not lost when it was acknowledged', async () => {
  for (let round = 0; round < 20; round++) {
    const session = worker().visitor();
    await session.update(add(-1));
    const elsewhere = await Promise.all(
      Array.from({ length: 10 }, async () => worker().with(idOf(session))),
    );
    const [, ...outcomes] = await Promise.allSettled([
      session.signIn('ada'),
      ...elsewhere.map(async (other, n) => other.update(add(n))),
    ]);
    const kept = outcomes.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
    const { data } = await worker().with(idOf(session));
    expect(
      addedIn(data)
        .filter((n) => n >= 0)
        .toSorted(),
    ).toEqual(kept);
  }
});

test('a user sees their sessions, ends one, and all but one', async () => {
  const sessions = new Sessions(store, LIFETIME);
  const [here, phone, tablet, other] = [1, 2, 3, 4].map(() => worker().visitor());
  for (const session of [here!, phone!, tablet!]) await session.signIn('ada');
  await other!.signIn('grace');

  expect((await sessions.list('ada')).map(({ handle }) => handle).toSorted()).toEqual(
    [here!.handle, phone!.handle, tablet!.handle].toSorted(),
  );
  expect(await sessions.end('ada', other!.handle!, 'elsewhere')).toBe(false);
  expect(await sessions.end('ada', phone!.handle!, 'elsewhere')).toBe(true);
  expect(await sessions.endOthers('ada', here!.handle, 'elsewhere')).toBe(1);
  expect((await sessions.list('ada')).map(({ handle }) => handle)).toEqual([here!.handle]);
  expect(await sessions.list('grace')).toHaveLength(1);
});

test('a login too many ends the oldest session of the user, and leaves word why', async () => {
  const repository = new SessionRepository(store, LIFETIME, FORMAT, { mostPerOwner: 2 });
  const visitor = () => new Session(repository, new SessionChanges(repository), CLIENT, []);
  const logins = Array.from({ length: 3 }, visitor);
  for (const session of logins) await session.signIn('ada');
  await visitor().signIn('grace');

  const [oldest, ...others] = logins.map(({ key }) => key!);
  expect(await store.read(oldest!)).toBeNull();
  expect(await repository.endReasonOf([oldest!])).toBe(OVER_LIMIT);
  for (const key of others) expect(await store.read(key)).not.toBeNull();
});

test('a login again counts once, however often', async () => {
  const repository = new SessionRepository(store, LIFETIME, FORMAT, { mostPerOwner: 2 });
  const changes = new SessionChanges(repository);
  const [here, there] = [1, 2].map(() => new Session(repository, changes, CLIENT, []));
  await there!.signIn('ada');
  for (let i = 0; i < 5; i++) await here!.signIn('ada');
  expect(await store.read(there!.key!)).not.toBeNull();
  expect(await store.list('ada')).toHaveLength(2);
});
