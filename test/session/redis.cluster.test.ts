import { setTimeout as pause } from 'node:timers/promises';

import { type RedisCluster, startRedisCluster } from '../../dev/redis-cluster.js';
import { SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { RedisStore } from '../../src/session/stores/redis.store.js';
import { Load } from './contract/load.js';
import { describeStoreContract } from './contract/store-contract.js';
import { create, LONG } from './contract/store-under-test.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(async () => cluster.stop());

describeStoreContract('redis as a cluster', async () => ({
  settings: { kind: 'redis', mode: 'cluster', url: cluster.url, timeoutMs: 5_000 },
  leftovers: async () => cluster.keys(),
}));

describe.each([0, 1])('a cluster of which %d replicas are waited for', (replicasToWaitFor) => {
  let store: RedisStore;
  beforeEach(async () => {
    const settings = { mode: 'cluster', url: cluster.url, timeoutMs: 5_000 } as const;
    store = new RedisStore({ ...settings, replicasToWaitFor }, LONG);
    await store.ping();
  });
  afterEach(async () => store.close());

  test('slots that move while it serves lead to no error, and nothing is lost', async () => {
    const [first, second] = cluster.masters;
    const load = await Load.on(store, 40);
    await load.goesOn();
    await cluster.moveSlots(first!, second!, 40);
    await cluster.moveSlots(second!, first!, 40);
    await load.goesOn();
    expect(await load.end()).toEqual({ lost: 0, madeTwice: 0 });
    expect(load.failed).toBe(0);
  });
});

test('a master is killed: its part comes back without a restart of anything', async () => {
  const settings = { mode: 'cluster', url: cluster.url, timeoutMs: 1_000 } as const;
  const store = new RedisStore(settings, LONG);
  await store.ping();
  await cluster.masters[0]!.kill();
  // Keys are spread over all masters: 50 in a row that work mean that each part of them does.
  for (let works = 0; works < 50;) works = (await worksOn(store)) ? works + 1 : 0;
  await cluster.masters[0]!.start();
  await cluster.untilReplicated();
  await store.close();
});

test('a master is killed under load: no change that a replica had confirmed is lost', async () => {
  const settings = { mode: 'cluster', url: cluster.url, timeoutMs: 1_000 } as const;
  const store = new RedisStore({ ...settings, replicasToWaitFor: 1 }, LONG);
  await store.ping();
  await untilAllWorks(store);
  const load = await Load.on(store, 40);
  await load.goesOn();
  await cluster.masters[1]!.kill();
  // Without persistence it must not come back before: its replica would follow it, and forget all.
  await cluster.untilMaster(cluster.replicas[1]!);
  await cluster.masters[1]!.start();
  await cluster.untilReplicated();
  await load.goesOn(2_000);
  expect(await load.end()).toEqual({ lost: 0, madeTwice: 0 });
  await store.close();
});

/** Keys are spread over all masters: 50 in a row that work mean that each part of them does. */
async function untilAllWorks(store: RedisStore): Promise<void> {
  for (let works = 0; works < 50;) works = (await worksOn(store)) ? works + 1 : 0;
}

async function worksOn(store: RedisStore): Promise<boolean> {
  try {
    const { key } = await create(store);
    return (await store.read(key)) !== null;
  } catch (error) {
    if (!(error instanceof SessionStoreUnavailable)) throw error;
    await pause(10);
    return false;
  }
}
