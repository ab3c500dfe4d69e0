import { type RedisServer, startRedis } from '../../dev/redis.js';
import { RedisStore } from '../../src/session/stores/redis.store.js';
import { Load } from './contract/load.js';
import { create, LONG } from './contract/store-under-test.js';
import { until } from './contract/until.js';

let server: RedisServer;
let store: RedisStore;
afterEach(async () => {
  await store.close();
  await server.stop();
});

async function start(...args: string[]): Promise<void> {
  server = await startRedis(args);
  store = new RedisStore({ url: server.url, timeoutMs: 1_000 }, LONG);
  await store.ping();
}

test('with every write on its disk, a Redis that is killed again and again loses nothing acknowledged', async () => {
  await start('--appendonly', 'yes', '--appendfsync', 'always');
  const load = await Load.on(store, 8);
  for (let kills = 0; kills < 3; kills++) {
    await load.goesOn();
    await server.kill();
    await server.start();
  }
  await load.goesOn();
  expect(await load.end()).toEqual({ lost: 0, madeTwice: 0 });
});

test('without persistence a Redis that is killed has forgotten all sessions, and takes new ones', async () => {
  await start();
  const { key } = await create(store);
  await server.kill();
  await server.start();
  await until(async () => (await store.read(key)) === null);
  await create(store);
});
