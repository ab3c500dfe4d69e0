import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { makeCertificate } from '../../dev/certificate.js';
import { freePort } from '../../dev/free-port.js';
import { type RedisServer, startRedis } from '../../dev/redis.js';
import { SessionRecordCorrupt, SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { RedisStore } from '../../src/session/stores/redis.store.js';
import { describeStoreContract } from './contract/store-contract.js';
import { aRecord, create, LONG, someKey } from './contract/store-under-test.js';
import { until } from './contract/until.js';

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
  overwrite: async (key, text) => server.call('SET', `session:${key}`, text, 'PX', 60_000),
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

  test('takes a key of another type for a corrupt record, and can delete it', async () => {
    const { key } = await create(store);
    await redis.del(`session:${key}`);
    await redis.hset(`session:${key}`, 'a', 'b');
    await expect(store.read(key)).rejects.toThrow(SessionRecordCorrupt);
    expect(await store.list('ada')).toEqual([]);
    expect(await store.delete(key)).toBe(true);
  });

  test.each([
    ['with line breaks', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    ['with its version at the end', (text: string) => `{${text.slice(13, -1)},"version":1}`],
  ])('takes a record %s for a corrupt one: no change could replace it', async (_, edit) => {
    const { key } = await create(store);
    await redis.set(`session:${key}`, edit((await redis.get(`session:${key}`)) ?? ''));
    await expect(store.read(key)).rejects.toThrow(SessionRecordCorrupt);
    expect(await store.list('ada')).toEqual([]);
    expect(await store.delete(key)).toBe(true);
  });
});

describe('the Redis store, when Redis can not answer', () => {
  let store: RedisStore;
  beforeEach(async () => {
    store = new RedisStore({ url: server.url, timeoutMs: TIMEOUT_MS }, LONG);
    await store.ping();
  });
  afterEach(async () => store.close());

  test('rejects in time while Redis is frozen, and goes on when it thaws', async () => {
    const { key } = await create(store);
    await server.freeze();
    const started = Date.now();
    await expect(store.read(key)).rejects.toThrow(SessionStoreUnavailable);
    expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + 500);
    server.thaw();
    await until(async () => (await store.read(key)) !== null);
  });

  test('goes on within a second of the thaw, however long Redis was frozen', async () => {
    const { key } = await create(store);
    await server.freeze();
    for (const started = Date.now(); Date.now() - started < 6 * TIMEOUT_MS;) {
      await expect(store.read(key)).rejects.toThrow(SessionStoreUnavailable);
      await pause(10);
    }
    server.thaw();
    const thawed = Date.now();
    await until(async () => (await store.read(key)) !== null);
    expect(Date.now() - thawed).toBeLessThan(1_000);
  });

  test('rejects at once while Redis is away, and comes back with it', async () => {
    await server.kill();
    await expect(store.read(someKey())).rejects.toThrow(SessionStoreUnavailable);
    await server.start();
    await until(async () => (await store.read(someKey())) === null);
  });

  test('refuses changes while Redis is full, says so, and keeps what it has', async () => {
    const { key, version, record } = await create(store);
    await server.call('CONFIG', 'SET', 'maxmemory', 1);
    await expect(create(store)).rejects.toThrow(/Redis: OOM command not allowed/);
    await expect(store.replace(key, version, record)).rejects.toThrow(SessionStoreUnavailable);
    expect(await store.read(key)).toEqual({ record, version });
    expect(await store.delete(key)).toBe(true);
    await server.call('CONFIG', 'SET', 'maxmemory', 0);
    await create(store);
  });

  test('refuses changes while Redis can not write to its disk, and keeps what it has', async () => {
    const diskless = await startRedis(['--save', '3600 1']);
    const its = new RedisStore({ url: diskless.url, timeoutMs: TIMEOUT_MS }, LONG);
    await its.ping();
    const { key, record } = await create(its, { owner: null });
    rmSync(diskless.server.folder, { recursive: true });
    await diskless.call('BGSAVE');
    await until(async () =>
      String(await diskless.call('INFO', 'persistence')).includes('bgsave_status:err'),
    );
    await expect(create(its)).rejects.toThrow(/Redis: MISCONF/);
    expect((await its.read(key))?.record).toEqual(record);
    await its.close();
    await diskless.kill();
  });
});

describe('the Redis store on a Redis that lets not everybody in', () => {
  const settings = { timeoutMs: 2_000, keyPrefix: 'app:' };
  let guarded: RedisServer;
  beforeAll(async () => {
    guarded = await startRedis();
    const rights = ['~app:*', '+@read', '+@write', '+@scripting', '+@connection', '+info'];
    await guarded.call('ACL', 'SETUSER', 'app', 'on', '>pa:ss@wörd', ...rights);
  });
  afterAll(async () => guarded.stop());

  test.each([
    ['user and password as settings', { username: 'app', password: 'pa:ss@wörd' }, ''],
    ['user and password in the URL', {}, `app:${encodeURIComponent('pa:ss@wörd')}@`],
  ])('%s; all keys have the prefix', async (_, credentials, inUrl) => {
    const url = guarded.url.replace('redis://', `redis://${inUrl}`);
    const store = new RedisStore({ ...settings, ...credentials, url }, LONG);
    await store.ping();
    const { key, version, record } = await create(store);
    expect(await store.replace(key, version, record)).not.toBeNull();
    expect(await store.list('ada')).toHaveLength(1);
    expect(await guarded.call('KEYS', '*')).toHaveLength(2);
    expect(await store.delete(key)).toBe(true);
    await store.close();
  });

  test('a wrong password is no missing session', async () => {
    const store = new RedisStore({ ...settings, url: guarded.url, password: 'wrong' }, LONG);
    await expect(store.read(someKey())).rejects.toThrow(SessionStoreUnavailable);
    await store.close();
  });
});

describe('the Redis store over TLS', () => {
  let ca: string;
  let url: string;
  let secured: RedisServer;
  beforeAll(async () => {
    const files = await makeCertificate();
    ({ ca } = files);
    const port = await freePort();
    secured = await startRedis([
      ...['--tls-port', String(port), '--tls-auth-clients', 'no', '--tls-ca-cert-file', ca],
      ...['--tls-cert-file', files.certificate, '--tls-key-file', files.key],
    ]);
    url = `rediss://127.0.0.1:${port}`;
  });
  afterAll(async () => secured.stop());

  test('trusts the authority that it is told to trust', async () => {
    const store = new RedisStore({ url, caFile: ca, timeoutMs: 2_000 }, LONG);
    await store.ping();
    const { key, record } = await create(store);
    expect((await store.read(key))?.record).toEqual(record);
    await store.close();
  });

  test('talks to no server whose authority it does not know', async () => {
    const store = new RedisStore({ url, timeoutMs: 300 }, LONG);
    await expect(store.ping()).rejects.toThrow(SessionStoreUnavailable);
    await store.close();
  });
});
