import { leaveFlash, takeFlash, withFlash } from '../../src/flash/flash.js';
import { Session } from '../../src/session/session.js';
import { SessionChanges } from '../../src/session/session-changes.js';
import type { SessionData } from '../../src/session/session-data.js';
import { SessionRepository } from '../../src/session/session-repository.js';
import { MemoryStore } from '../../src/session/stores/memory.store.js';

const LIFETIME = { idleMs: 60_000, guestIdleMs: 60_000, absoluteMs: 60_000 };
const CLIENT = () => ({ device: 'a browser', address: '192.0.2.7' });
const FORMAT = {
  initial: () => ({ flash: null }) as SessionData,
  parse: (stored: unknown) => stored as SessionData,
};

const store = new MemoryStore({ sweepEveryMs: 60_000 }, LIFETIME);
afterAll(async () => store.close());

/** The same session as two workers have read it, with a message in it. */
async function readByTwoWorkers(): Promise<[Session, Session]> {
  const repository = new SessionRepository(store, LIFETIME, FORMAT);
  const first = new Session(repository, new SessionChanges(repository), CLIENT, []);
  await first.update((data) => withFlash(data, 'Done.'));
  const live = await repository.read(first.key!);
  return [
    first,
    new Session(repository, new SessionChanges(repository), CLIENT, live ? [live] : []),
  ];
}

test('of two workers that have both read a message the first to take it says it', async () => {
  const [first, second] = await readByTwoWorkers();
  expect(await takeFlash(second)).toBe('Done.');
  expect(await takeFlash(first)).toBeNull();
});

test('a session that has ended meanwhile takes and says nothing, and stays ended', async () => {
  const [first, second] = await readByTwoWorkers();
  await second.end();
  await leaveFlash(first, 'Done elsewhere.');
  expect(await takeFlash(first)).toBeNull();
  expect(await store.read(first.key!)).toBeNull();
});
