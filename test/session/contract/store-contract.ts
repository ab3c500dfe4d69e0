import { setTimeout as pause } from 'node:timers/promises';

import { newSessionId } from '../../../src/session/session-id.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { Processes } from './processes.js';
import { aRecord, create, LONG, open, someKey, type StoreUnderTest } from './store-under-test.js';

/**
 * What every session store keeps to, proved on a real one. `start` may start a server; what it returns describes the
 * store on it. `shared`: whether other processes see the same sessions. A team that writes a store of its own runs this on it: see docs/stores.md.
 */
export function describeStoreContract(
  name: string,
  start: () => Promise<StoreUnderTest>,
  { shared = true } = {},
): void {
  describe(`${name} keeps the contract of a session store`, () => {
    let under: StoreUnderTest;
    beforeAll(async () => {
      under = await start();
    });

    describe('one session', () => oneSession(() => under));
    describe('the clocks', () => clocks(() => under));
    if (shared) describe('several processes', () => severalProcesses(() => under));
    test(`${EXPIRING} sessions that expire leave nothing behind`, async () => {
      await leavesNothing(under);
    });
  });
}

/** The soak sets it to 100,000. */
const EXPIRING = Number(process.env['EXPIRING_SESSIONS'] ?? 1_000);

function oneSession(under: () => StoreUnderTest): void {
  let store: SessionStore;
  beforeAll(async () => {
    store = await open(under(), LONG);
    await store.ping();
  });
  afterAll(async () => store.close());

  test('what was created can be read', async () => {
    const { key, record, version } = await create(store);
    expect(await store.read(key)).toEqual({ record, version });
  });

  test('a key that nobody created has no session', async () => {
    expect(await store.read(someKey())).toBeNull();
    expect(await store.replace(someKey(), '1', aRecord())).toBeNull();
    expect(await store.delete(someKey())).toBe(false);
    expect(await store.delete(someKey(), '1')).toBe(false);
  });

  test('create never overwrites', async () => {
    const { key, record } = await create(store);
    expect(await store.create(key, aRecord({ data: { other: true } }))).toBeNull();
    expect((await store.read(key))?.record).toEqual(record);
  });

  test('replace stores the new record under a new version', async () => {
    const { key, version } = await create(store);
    const changed = aRecord({ data: { n: 2 } });
    const next = await store.replace(key, version, changed);
    expect(next).not.toBeNull();
    expect(next).not.toBe(version);
    expect(await store.read(key)).toEqual({ record: changed, version: next });
    expect(await store.replace(key, version, changed)).toBeNull();
  });

  test('a session of 100 kB, with all kinds of characters in it, comes back as it was', async () => {
    const data = { text: 'a\0b\u2028€𝄞'.repeat(12_000) };
    const { key, record } = await create(store, { data });
    expect((await store.read(key))?.record).toEqual(record);
  });

  test('of many concurrent replaces on one version exactly one succeeds', async () => {
    const { key, version } = await create(store);
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, async (_, n) =>
        store.replace(key, version, aRecord({ data: { n } })),
      ),
    );
    const winners = outcomes.flatMap((outcome, n) => (outcome === null ? [] : [n]));
    expect(winners).toHaveLength(1);
    expect((await store.read(key))?.record.data).toEqual({ n: winners[0] });
  });

  test('a replace never brings an ended session back', async () => {
    const { key, version, record } = await create(store);
    expect(await store.delete(key)).toBe(true);
    expect(await store.replace(key, version, record)).toBeNull();
    expect(await store.read(key)).toBeNull();
  });

  test('of a replace and a delete at once the delete always wins', async () => {
    for (let round = 0; round < 20; round++) {
      const { key, version, record } = await create(store);
      const [, deleted] = await Promise.all([
        store.replace(key, version, record),
        store.delete(key),
      ]);
      expect(deleted).toBe(true);
      expect(await store.read(key)).toBeNull();
    }
  });

  test('of many concurrent deletes exactly one says that there was a session', async () => {
    const { key } = await create(store);
    const outcomes = await Promise.all(Array.from({ length: 16 }, async () => store.delete(key)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  test('delete with a version spares a session that was changed since', async () => {
    const { key, version, record } = await create(store);
    const next = await store.replace(key, version, record);
    expect(await store.delete(key, version)).toBe(false);
    expect(await store.read(key)).not.toBeNull();
    expect(await store.delete(key, next ?? '')).toBe(true);
    expect(await store.read(key)).toBeNull();
  });

  test("a user's list has their sessions and nobody else's, and those that ended are not in it", async () => {
    // As an owner it may be anything that an app has for its users.
    const owner = `user ${newSessionId()} ../\r\n'"\\%*:é`;
    const mine = await Promise.all([1, 2, 3].map(async () => create(store, { owner })));
    await create(store, { owner: 'somebody else' });
    await store.delete(mine[0]!.key);
    const listed = await store.list(owner);
    expect(listed.map(({ key }) => key).toSorted()).toEqual(
      [mine[1]!.key, mine[2]!.key].toSorted(),
    );
    expect(listed.map(({ record }) => record.owner)).toEqual([owner, owner]);
  });

  test('sessions of one user that are made at once are all in the list', async () => {
    const owner = `user-${newSessionId()}`;
    await Promise.all(Array.from({ length: 40 }, async () => create(store, { owner })));
    expect(await store.list(owner)).toHaveLength(40);
  });
}

function clocks(under: () => StoreUnderTest): void {
  let store: SessionStore;
  let idleMs: number;
  let guestIdleMs: number;
  /** After a clock has run out: until the session is certainly gone. */
  let slackMs: number;
  beforeAll(async () => {
    const { precisionMs = 0 } = under();
    // Short enough to see sessions expire, long enough for a slow machine to see them live.
    guestIdleMs = Math.max(700, 2 * precisionMs);
    idleMs = 2 * guestIdleMs;
    slackMs = precisionMs + 250;
    store = await open(under(), { idleMs, guestIdleMs, absoluteMs: LONG.absoluteMs });
    await store.ping();
  });
  afterAll(async () => store.close());

  together('a session that nobody reads ends with its idle clock', async () => {
    const { key, version, record } = await create(store);
    await pause(idleMs + slackMs);
    expect(await store.replace(key, version, record)).toBeNull();
    expect(await store.delete(key)).toBe(false);
    expect(await store.read(key)).toBeNull();
  });

  together('a read restarts the idle clock', async () => {
    const { key } = await create(store);
    for (let i = 0; i < 4; i++) {
      await pause(idleMs / 2);
      expect(await store.read(key)).not.toBeNull();
    }
  });

  together('a replace restarts the idle clock', async () => {
    const { key, record, ...created } = await create(store);
    let version: string | null = created.version;
    for (let i = 0; i < 4; i++) {
      await pause(idleMs / 2);
      version = await store.replace(key, version ?? '', record);
      expect(version).not.toBeNull();
    }
  });

  together('a guest has the shorter clock, also after a read', async () => {
    const { key } = await create(store, { owner: null });
    await pause(guestIdleMs / 2);
    expect(await store.read(key)).not.toBeNull();
    await pause(guestIdleMs + slackMs);
    expect(await store.read(key)).toBeNull();
  });

  together('no read moves the absolute deadline', async () => {
    const { key } = await create(store, { expiresAt: Date.now() + 900 });
    await pause(500);
    expect(await store.read(key)).not.toBeNull();
    await pause(600);
    expect(await store.read(key)).toBeNull();
  });

  together('the list tells when a session was last used, and uses none', async () => {
    const owner = `user-${newSessionId()}`;
    const used = await create(store, { owner });
    const unused = await create(store, { owner });
    const start = Date.now();
    await pause(idleMs / 2);
    await store.read(used.key);
    const listed = new Map((await store.list(owner)).map((s) => [s.key, s.lastSeenAt]));
    const tolerance = 400 + (under().precisionMs ?? 0);
    expect(Math.abs(Date.now() - listed.get(used.key)!)).toBeLessThan(tolerance);
    expect(Math.abs(start - listed.get(unused.key)!)).toBeLessThan(tolerance);

    await pause(idleMs / 2 + slackMs);
    expect((await store.list(owner)).map(({ key }) => key)).toEqual([used.key]);
    await pause(idleMs + slackMs);
    expect(await store.list(owner)).toEqual([]);
  });
}

/** A test that runs while the others of its kind do: they wait most of the time. */
function together(name: string, run: () => Promise<void>): void {
  let outcome: Promise<void>;
  beforeAll(() => {
    outcome = run();
    // It is the test that tells of it.
    outcome.catch(() => undefined);
  });
  test(name, async () => outcome);
}

function severalProcesses(under: () => StoreUnderTest): void {
  let store: SessionStore;
  let processes: Processes;
  beforeAll(async () => {
    store = await open(under(), LONG);
    await store.ping();
    processes = await Processes.start(under(), 4);
  });
  afterAll(async () => {
    await processes.end();
    await store.close();
  });

  test('of 64 concurrent replaces from four processes on one version exactly one succeeds', async () => {
    const { key, version } = await create(store);
    const won = await processes.each(async (other) => other.replace(key, version, 16));
    expect(won.reduce((sum, n) => sum + n)).toBe(1);
  });

  test('of 2,000 concurrent updates from four processes none is lost', async () => {
    const { key } = await create(store, { data: { counts: {} } });
    await processes.each(async (other, i) => other.update(key, `process ${i}`, 500));
    const counts = Object.fromEntries([0, 1, 2, 3].map((i) => [`process ${i}`, 500]));
    expect((await store.read(key))?.record.data).toEqual({ counts });
  });
}

async function leavesNothing({ leftovers, ...under }: StoreUnderTest): Promise<void> {
  const lifetime = { idleMs: 1_000, guestIdleMs: 1_000, absoluteMs: 2_000 };
  const store = await open(under, lifetime);
  await store.ping();
  const before = await leftovers(store);
  let left = EXPIRING;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const owner = `user-${left % 50}`;
      await create(store, { owner, expiresAt: Date.now() + lifetime.absoluteMs });
    }
  };
  await Promise.all(Array.from({ length: 50 }, work));
  expect(await leftovers(store)).toBeGreaterThan(before);
  while ((await leftovers(store)) > before) await pause(100);
  await store.close();
}
