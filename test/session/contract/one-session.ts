import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { aRecord, create, LONG, open, someKey, type StoreUnderTest } from './store-under-test.js';

/** What a store does with one session, whoever else wants it. */
export function oneSession(under: () => StoreUnderTest): void {
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

  test('a record says whether the browser keeps the session, or nothing of it as older ones do', async () => {
    const { key, record } = await create(store, { persistent: true });
    expect((await store.read(key))?.record).toEqual({ ...record, persistent: true });
    const older = await create(store);
    expect((await store.read(older.key))?.record).not.toHaveProperty('persistent');
  });

  test('a key that nobody created has no session', async () => {
    expect(await store.read(someKey())).toBeNull();
    expect(await store.replace(someKey(), '1', aRecord())).toBeNull();
    expect(await store.delete(someKey())).toBe(false);
    expect(await store.delete(someKey(), '1')).toBe(false);
  });

  test('sessions are counted, by a store that counts', async () => {
    if (!store.count) return;
    const before = await store.count();
    const sessions = await Promise.all([1, 2, 3].map(async () => create(store)));
    expect(await store.count()).toBe(before + 3);
    for (const { key } of sessions) await store.delete(key);
    expect(await store.count()).toBe(before);
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
}
