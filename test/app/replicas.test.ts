import { type RedisServer, startRedis } from '../../dev/redis.js';
import { FAST_SYNC, untilReplicated } from '../../dev/redis-replication.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { TcpProxy } from '../../dev/tcp-proxy.js';
import { Browser } from './browser.js';

let master: RedisServer;
let link: TcpProxy;
let replica: RedisServer;
let stack: RedisStack;
beforeAll(async () => {
  master = await startRedis(FAST_SYNC);
  link = await TcpProxy.to(master.port);
  replica = await startRedis(['--replicaof', `127.0.0.1 ${link.port}`]);
  await untilReplicated([master, replica]);
  const settings = new SettingsFile({ session: { redis: { replicas_to_wait_for: 1 } } });
  stack = await startStack({ REDIS_URL: master.url }, { settings });
});
afterAll(async () => {
  await stack.stop();
  await Promise.all([master.kill(), replica.kill()]);
  link.close();
});

test('a log-out that no replica has confirmed is answered 503, and the user is told that it did not happen', async () => {
  const browser = new Browser(stack.app.url);
  expect((await browser.logIn()).status).toBe(303);
  const { cookie } = browser;
  link.swallow();
  const response = await browser.post('/logout', {}, { referer: `${stack.app.url}/account` });
  expect(response.status).toBe(503);
  const page = await response.text();
  expect(page).toContain('You have not been logged out');
  expect(page).toContain('href="/account"');
  // With the cookie the user can try it again.
  expect(browser.cookie).toBe(cookie);
});
