import { jest } from '@jest/globals';

import { type RedisSentinel, startRedisSentinel } from '../../dev/redis-sentinel.js';
import { TcpProxy } from '../../dev/tcp-proxy.js';
import { RedisStore } from '../../src/session/stores/redis.store.js';
import { Load } from './contract/load.js';
import { create, LONG } from './contract/store-under-test.js';
import { until } from './contract/until.js';

// Sentinels on a busy machine may need several attempts to agree.
jest.setTimeout(120_000);

let sentinel: RedisSentinel;
let store: RedisStore;
beforeEach(async () => {
  sentinel = await startRedisSentinel();
  const settings = { mode: 'sentinel', url: sentinel.url, timeoutMs: 1_000 } as const;
  store = new RedisStore({ ...settings, replicasToWaitFor: 1 }, LONG);
  await store.ping();
});
afterEach(async () => {
  await store.close();
  await sentinel.stop();
});

test('the master is killed under load: a replica takes over, and no acknowledged change is lost', async () => {
  const load = await Load.on(store);
  await load.goesOn();
  await sentinel.master.kill();
  // Nothing but the new master can acknowledge these.
  await load.goesOn(2_000);
  expect(await load.end()).toEqual({ lost: 0, madeTwice: 0 });
});

test('the master hangs under load: a replica takes over, and what the old one wakes up with counts for nothing', async () => {
  const load = await Load.on(store);
  await load.goesOn();
  await sentinel.master.freeze();
  await load.goesOn(2_000);
  sentinel.master.thaw();
  await load.goesOn(2_000);
  expect(await load.end()).toEqual({ lost: 0, madeTwice: 0 });
});

test('a failover that is announced while the sentinels are being asked for the master ends no connection for good', async () => {
  const ports = sentinel.url.split(',').map((url) => Number(new URL(url).port));
  const proxies = await Promise.all(ports.map(async (port) => TcpProxy.to(port, 150)));
  const url = proxies.map(({ port }) => `redis://127.0.0.1:${port}`).join(',');
  const settings = { mode: 'sentinel', url, timeoutMs: 1_000 } as const;
  const stores = Array.from({ length: 5 }, () => new RedisStore(settings, LONG));
  await Promise.all(stores.map(async (each) => each.ping()));
  await sentinel.master.kill();
  await Promise.all(
    stores.map(async (each) => until(async () => (await create(each)).version !== '')),
  );
  await Promise.all(stores.map(async (each) => each.close()));
  for (const proxy of proxies) proxy.close();
});
