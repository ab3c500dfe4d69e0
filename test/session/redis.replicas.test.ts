import { type RedisServer, startRedis } from '../../dev/redis.js';
import { FAST_SYNC, untilReplicated } from '../../dev/redis-replication.js';
import { TcpProxy } from '../../dev/tcp-proxy.js';
import { SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { Sessions } from '../../src/session/sessions.js';
import { RedisStore } from '../../src/session/stores/redis.store.js';
import { create, LONG } from './contract/store-under-test.js';

/** A master with one replica behind a link that can be cut, and a store that waits for the replica. */
let master: RedisServer;
let replica: RedisServer;
let link: TcpProxy;
let store: RedisStore;
beforeEach(async () => {
  master = await startRedis(FAST_SYNC);
  link = await TcpProxy.to(master.port);
  replica = await startRedis(['--replicaof', `127.0.0.1 ${link.port}`]);
  await untilReplicated([master, replica]);
  store = storeOn(master);
  await store.ping();
});
afterEach(async () => {
  await store.close();
  // Killed: a master that is asked to stop waits 10 s for a replica that lags.
  await Promise.all([master.kill(), replica.kill()]);
  link.close();
});

const storeOn = ({ url }: RedisServer) =>
  new RedisStore({ url, timeoutMs: 1_000, replicasToWaitFor: 1 }, LONG);

/** What the replica has, once it is the master. */
async function afterFailover(): Promise<RedisStore> {
  await master.kill();
  await replica.call('REPLICAOF', 'NO', 'ONE');
  const { url } = replica;
  const promoted = new RedisStore({ url, timeoutMs: 1_000 }, LONG);
  await promoted.ping();
  return promoted;
}

test('an end that was acknowledged stays an end after a failover', async () => {
  const [ended, kept] = [await create(store), await create(store)];
  expect(await store.delete(ended.key)).toBe(true);
  link.swallow();
  const promoted = await afterFailover();
  expect(await promoted.read(ended.key)).toBeNull();
  expect((await promoted.read(kept.key))?.record).toEqual(kept.record);
  await promoted.close();
});

test('an end that the replica has not confirmed is refused, and so is trying it again', async () => {
  const { key } = await create(store);
  link.swallow();
  await expect(store.delete(key)).rejects.toThrow(SessionStoreUnavailable);
  await expect(store.delete(key)).rejects.toThrow('0 of 1 replicas');
  // It was right not to promise anything.
  const promoted = await afterFailover();
  expect(await promoted.read(key)).not.toBeNull();
  await promoted.close();
});

test('ending the other sessions is refused until all their ends are confirmed', async () => {
  const owner = 'ada';
  const [here] = [await create(store, { owner }), await create(store, { owner })];
  link.swallow();
  const sessions = new Sessions(store, LONG);
  await expect(sessions.endOthers(owner, here.record.handle, 'test')).rejects.toThrow(
    '0 of 1 replicas',
  );
  await expect(sessions.endOthers(owner, here.record.handle, 'test')).rejects.toThrow(
    '0 of 1 replicas',
  );
});

test('a change and a new session that the replica has not confirmed are refused', async () => {
  const { key, version, record } = await create(store);
  link.swallow();
  await expect(store.replace(key, version, record)).rejects.toThrow(SessionStoreUnavailable);
  await expect(create(store)).rejects.toThrow(SessionStoreUnavailable);
});

test('a replica that does not answer keeps nobody from reading', async () => {
  const { key } = await create(store);
  link.swallow();
  const writing = Promise.allSettled(Array.from({ length: 20 }, async () => create(store)));
  const started = Date.now();
  for (let i = 0; i < 20; i++) expect(await store.read(key)).not.toBeNull();
  expect(Date.now() - started).toBeLessThan(500);
  await writing;
});
