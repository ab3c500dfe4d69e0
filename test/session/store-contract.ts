import { setTimeout as pause } from 'node:timers/promises';

import { keyOf, newSessionId, type SessionKey } from '../../src/session/session-id.js';
import type { SessionLifetime } from '../../src/session/session-lifetime.js';
import type { SessionRecord } from '../../src/session/session-record.js';
import type { SessionStore } from '../../src/session/stores/session-store.js';

/** Short enough to see sessions expire, long enough for a slow machine to see them live. */
const LIFETIME: SessionLifetime = { idleMs: 1_500, guestIdleMs: 700, absoluteMs: 60_000 };

/** What every session store keeps to. `open` gives a store on a server of its own, with these clocks. */
export function describeStoreContract(
  name: string,
  open: (lifetime: SessionLifetime) => Promise<SessionStore>,
): void {
  describe(`${name} keeps the contract of a session store`, () => {
    let store: SessionStore;
    beforeAll(async () => {
      store = await open(LIFETIME);
      await store.ping();
    });
    afterAll(async () => store.close());

    test('what was created can be read', async () => {
      const { key, record } = await create(store);
      expect((await store.read(key))?.record).toEqual(record);
    });

    test('a key that nobody created has no session', async () => {
      expect(await store.read(someKey())).toBeNull();
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

    test('delete says whether there was a session', async () => {
      const { key } = await create(store);
      expect(await store.delete(key)).toBe(true);
      expect(await store.delete(key)).toBe(false);
    });

    test('delete with a version spares a session that was changed since', async () => {
      const { key, version, record } = await create(store);
      const next = await store.replace(key, version, record);
      expect(await store.delete(key, version)).toBe(false);
      expect(await store.read(key)).not.toBeNull();
      expect(await store.delete(key, next ?? '')).toBe(true);
    });

    test('a session that nobody reads ends with its idle clock', async () => {
      const { key } = await create(store);
      await pause(LIFETIME.idleMs + 300);
      expect(await store.read(key)).toBeNull();
    });

    test('a read restarts the idle clock', async () => {
      const { key } = await create(store);
      for (let i = 0; i < 4; i++) {
        await pause(LIFETIME.idleMs / 2);
        expect(await store.read(key)).not.toBeNull();
      }
    });

    test('a guest has the shorter clock, also after a read', async () => {
      const { key } = await create(store, { owner: null });
      await pause(LIFETIME.guestIdleMs / 2);
      expect(await store.read(key)).not.toBeNull();
      await pause(LIFETIME.guestIdleMs + 200);
      expect(await store.read(key)).toBeNull();
    });

    test('no read moves the absolute deadline', async () => {
      const { key } = await create(store, { expiresAt: Date.now() + 900 });
      await pause(500);
      expect(await store.read(key)).not.toBeNull();
      await pause(600);
      expect(await store.read(key)).toBeNull();
    });

    test("a user's list has their live sessions and nobody else's", async () => {
      const owner = `user-${newSessionId()}`;
      const mine = await Promise.all([1, 2, 3].map(async () => create(store, { owner })));
      await create(store, { owner: 'somebody else' });
      await store.delete(mine[0]!.key);
      const listed = await store.list(owner);
      expect(listed.map(({ key }) => key).toSorted()).toEqual(
        mine
          .slice(1)
          .map(({ key }) => key)
          .toSorted(),
      );
      expect(Math.abs(Date.now() - listed[0]!.lastSeenAt)).toBeLessThan(1_000);
      await pause(LIFETIME.idleMs + 300);
      expect(await store.list(owner)).toEqual([]);
    });
  });
}

export function someKey(): SessionKey {
  return keyOf(newSessionId());
}

export function aRecord(fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    data: { n: 1, text: 'ä€😀"\\\n' },
    owner: 'ada',
    createdAt: Date.now(),
    expiresAt: Date.now() + LIFETIME.absoluteMs,
    client: { userAgent: 'a browser', address: '192.0.2.7' },
    ...fields,
  };
}

async function create(store: SessionStore, fields: Partial<SessionRecord> = {}) {
  const key = someKey();
  const record = aRecord(fields);
  const version = await store.create(key, record);
  if (version === null) throw new Error('not created');
  return { key, record, version };
}
