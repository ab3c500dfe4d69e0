import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { type RedisServer, startRedis } from '../../dev/redis.js';
import { SessionRecordCorrupt, SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { RedisStore } from '../../src/session/stores/redis.store.js';
import { describeStoreContract } from './contract/store-contract.js';
import { aRecord, someKey } from './contract/store-under-test.js';

const DAY_MS = 86_400_000;
const TIMEOUT_MS = 400;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => server.stop());

describeStoreContract('redis', async () => ({
  settings: { kind: 'redis', url: server.url, timeoutMs: 5_000 },
  leftovers: async () => {
    const redis = new Redis(server.url);
    const size = await redis.dbsize();
    redis.disconnect();
    return size;
  },
}));

describe('the Redis store', () => {
  let store: RedisStore;
  let redis: Redis;
  beforeEach(async () => {
    redis = new Redis(server.url);
    await redis.flushall();
    const lifetime = { idleMs: DAY_MS, guestIdleMs: 3_600_000, absoluteMs: 30 * DAY_MS };
    store = new RedisStore({ url: server.url, timeoutMs: TIMEOUT_MS }, lifetime);
    await store.ping();
  });
  afterEach(async () => {
    await store.close();
    redis.disconnect();
  });

  const lasting = () => aRecord({ expiresAt: Date.now() + 30 * DAY_MS });

  test('writes nothing outside its own keys, and nothing without an end', async () => {
    await store.create(someKey(), lasting());
    const keys = await redis.keys('*');
    expect(keys.map((key) => key.split(':')[0]).toSorted()).toEqual(['session', 'session-owner']);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });

  test('never lets a key outlive the absolute deadline', async () => {
    const key = someKey();
    await store.create(key, aRecord({ expiresAt: Date.now() + 5_000 }));
    await store.read(key);
    expect(await redis.pttl(`session:${key}`)).toBeLessThanOrEqual(5_000);
  });

  test.each(['', 'null', '[]', '{', '{"version":1}', '{"version":1,"data":{},"owner":{"$gt":""}}'])(
    'takes %j for a corrupt record, and can delete it',
    async (poison) => {
      const key = someKey();
      await redis.set(`session:${key}`, poison);
      await expect(store.read(key)).rejects.toThrow(SessionRecordCorrupt);
      expect(await store.delete(key)).toBe(true);
      expect(await store.read(key)).toBeNull();
    },
  );

  test('takes a key of another type for a corrupt record, and can delete it', async () => {
    const key = someKey();
    await redis.hset(`session:${key}`, 'a', 'b');
    await expect(store.read(key)).rejects.toThrow(SessionRecordCorrupt);
    expect(await store.delete(key)).toBe(true);
  });

  test('rejects in time while Redis is frozen, and goes on when it thaws', async () => {
    const key = someKey();
    await store.create(key, lasting());
    server.freeze();
    const started = Date.now();
    await expect(store.read(key)).rejects.toThrow(SessionStoreUnavailable);
    expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + 500);
    server.thaw();
    await until(async () => (await store.read(key)) !== null);
  });

  test('rejects at once while Redis is away, and comes back with it', async () => {
    await server.kill();
    await expect(store.read(someKey())).rejects.toThrow(SessionStoreUnavailable);
    await server.start();
    await until(async () => (await store.read(someKey())) === null);
  });
});

/** Resolves when the store answers as it should; the test's own timeout is the limit. */
async function until(answers: () => Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      if (await answers()) return;
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
    }
    // It rejects at once: without a pause nothing else would get its turn, not even the reconnection.
    await pause(10);
  }
}
