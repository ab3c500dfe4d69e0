import { type MemcachedServer, startMemcached } from '../../dev/memcached.js';
import { SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { MemcachedStore } from '../../src/session/stores/memcached.store.js';
import { describeStoreContract } from './contract/store-contract.js';
import { create, LONG } from './contract/store-under-test.js';
import { until } from './contract/until.js';

const TIMEOUT_MS = 400;

let server: MemcachedServer;
beforeAll(async () => {
  server = await startMemcached();
});
afterAll(async () => server.stop());

describeStoreContract('memcached', async () => ({
  settings: { kind: 'memcached', url: server.url, timeoutMs: 5_000 },
  precisionMs: 2_000,
  leftovers: async () => {
    // It does this by itself, now and then.
    await server.call('lru_crawler crawl all', '\r\n');
    return statistic('curr_items');
  },
  overwrite: async (key, text) =>
    server.call(`set session:${key} 0 60 ${Buffer.byteLength(text)}\r\n${text}`, 'STORED\r\n'),
}));

describe('the memcached store', () => {
  let store: MemcachedStore;
  beforeEach(async () => {
    store = new MemcachedStore({ url: server.url, keyPrefix: 'app:', timeoutMs: TIMEOUT_MS }, LONG);
    await store.ping();
  });
  afterEach(async () => store.close());

  test('all its keys have the prefix', async () => {
    await server.call('flush_all', 'OK\r\n');
    await create(store);
    const dump = await server.call('lru_crawler metadump all', 'END\r\n');
    const keys = [...dump.matchAll(/key=(\S+)/g)].map(([, key]) => decodeURIComponent(key ?? ''));
    expect(keys.map((key) => key.replace(/:[^:]*$/, '')).toSorted()).toEqual([
      'app:session',
      'app:session-owner',
    ]);
  });

  test('refuses a record that is too large for it, and keeps the one that it has', async () => {
    const { key, version, record } = await create(store);
    const large = { ...record, data: 'ä'.repeat(600_000) };
    await expect(store.replace(key, version, large)).rejects.toThrow(
      /memcached: .* more than an item/,
    );
    expect(await store.read(key)).toEqual({ record, version });
  });

  test('rejects in time while memcached is frozen, and goes on when it thaws', async () => {
    const { key } = await create(store);
    await server.freeze();
    for (let i = 0; i < 5; i++) {
      const started = Date.now();
      await expect(store.read(key)).rejects.toThrow(SessionStoreUnavailable);
      expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + 500);
    }
    server.thaw();
    const thawed = Date.now();
    await until(async () => (await store.read(key)) !== null);
    expect(Date.now() - thawed).toBeLessThan(1_000);
  });

  test('rejects at once while memcached is away; when it is back, it has forgotten all', async () => {
    const { key } = await create(store);
    await server.kill();
    await expect(store.read(key)).rejects.toThrow(SessionStoreUnavailable);
    await server.start();
    await until(async () => (await store.read(key)) === null);
  });
});

async function statistic(name: string): Promise<number> {
  const statistics = await server.call('stats', 'END\r\n');
  return Number(new RegExp(`STAT ${name} (\\d+)`).exec(statistics)?.[1]);
}
