import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { Processes } from './processes.js';
import { create, LONG, open, type StoreUnderTest } from './store-under-test.js';

/** What holds among the workers of an app. */
export function severalProcesses(under: () => StoreUnderTest): void {
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
