import { SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { MemoryStore } from '../../src/session/stores/memory.store.js';
import { ObservedStore } from '../../src/session/stores/observed.store.js';
import type { SessionStore } from '../../src/session/stores/session-store.js';
import { aRecord, LONG, someKey } from './contract/store-under-test.js';

interface Heard {
  readonly operation: string;
  readonly ms: number;
  readonly error: unknown;
}

let heard: Heard[];
let memory: MemoryStore;
let store: SessionStore;
beforeEach(() => {
  heard = [];
  memory = new MemoryStore({ sweepEveryMs: 60_000 }, LONG);
  store = new ObservedStore(memory, (operation, ms, error) => heard.push({ operation, ms, error }));
});
afterEach(async () => memory.close());

test('a store that is observed answers as it would without, and each operation is heard', async () => {
  const key = someKey();
  const record = aRecord();
  const version = (await store.create(key, record)) ?? '';
  expect(await store.create(key, record)).toBeNull();
  expect(await store.read(key)).toEqual({ record, version });
  const changed = { ...record, data: 'changed' };
  const next = (await store.replace(key, version, changed)) ?? '';
  expect(await store.replace(key, version, record)).toBeNull();
  expect(await store.list('ada')).toMatchObject([{ key, record: changed }]);
  expect(await store.delete(key, version)).toBe(false);
  expect(await store.delete(key, next)).toBe(true);
  await store.ping();
  expect(heard.map(({ operation }) => operation)).toEqual(
    'create create read replace replace list delete delete ping'.split(' '),
  );
  for (const { ms, error } of heard) {
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(error).toBeUndefined();
  }
});

test('what fails is heard with its error and the time that it took, and fails as it would without', async () => {
  const outage = new SessionStoreUnavailable('away');
  memory.read = async () =>
    new Promise((_, reject) => {
      setTimeout(() => reject(outage), 50);
    });
  await expect(store.read(someKey())).rejects.toBe(outage);
  expect(heard).toEqual([{ operation: 'read', ms: expect.any(Number), error: outage }]);
  // A timer may fire up to a millisecond early.
  expect(heard[0]?.ms).toBeGreaterThanOrEqual(49);
});
