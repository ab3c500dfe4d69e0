import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startApp, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';

/** What a link shows that nobody has been sent: PostgreSQL is asked for it. */
const ASKS_POSTGRES = `/reset?token=${'x'.repeat(43)}`;

let stack: RedisStack;
let port: number;
beforeEach(async () => {
  stack = await startStack({ WORKERS: '1' });
  port = Number(new URL(stack.app.url).port);
});
afterEach(async () => stack.stop());

/** A connection on which bytes are sent as they are, and what came back so far. */
async function dial(): Promise<{ socket: Socket; heard: () => string; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (data) => (text += String(data)));
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  return { socket, heard: () => text, closed };
}

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: app\r\n\r\n`;
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}

test('what is under way when the program is told to end is answered, and the connection then closed', async () => {
  const { socket, heard, closed } = await dial();
  await stack.postgres.freeze();
  socket.write(GET(ASKS_POSTGRES));
  await pause(200);
  const stopped = stack.app.stop();
  await pause(200);
  expect(heard()).toBe('');
  stack.postgres.thaw();
  await closed;
  expect(heard()).toMatch(/^HTTP\/1.1 410 Gone/);
  expect(heard().toLowerCase()).toContain('connection: close');
  expect(await stopped).toBe(0);
});

test('a connection that is idle gets one more answer, which closes it', async () => {
  const { socket, heard, closed } = await dial();
  socket.write(GET('/login'));
  await until(() => heard().includes('</html>'));
  expect(heard().toLowerCase()).toContain('connection: keep-alive');
  const stopped = stack.app.stop();
  await pause(200);
  socket.write(GET('/health/ready'));
  await closed;
  expect(heard()).toContain('HTTP/1.1 503');
  expect(heard()).toContain('"status":"draining"');
  expect(await stopped).toBe(0);
});

test.each([
  ['new', 0],
  ['used', 1],
])('a %s connection may ask for what takes longer than it may be idle', async (_, asked) => {
  const { socket, heard, closed } = await dial();
  for (let i = 0; i < asked; i++) socket.write(GET('/health/live'));
  await until(() => heard().split('HTTP/1.1 200').length - 1 === asked);
  await stack.postgres.freeze();
  const stopped = stack.app.stop();
  await pause(200);
  socket.write(GET(ASKS_POSTGRES));
  await pause(1_500);
  stack.postgres.thaw();
  await closed;
  expect(heard()).toContain('</html>');
  expect(await stopped).toBe(0);
});

test('idle connections keep a program from ending for a second, and not for longer', async () => {
  const idle = await Promise.all(Array.from({ length: 5 }, dial));
  for (const { socket } of idle) socket.write(GET('/login'));
  await until(() => idle.every(({ heard }) => heard().includes('</html>')));
  const started = Date.now();
  expect(await stack.app.stop()).toBe(0);
  expect(Date.now() - started).toBeLessThan(5_000);
  await Promise.all(idle.map(async ({ closed }) => closed));
});

test('no new connection is taken once the program is told to end', async () => {
  const { closed } = await dial();
  const stopped = stack.app.stop();
  await pause(200);
  await expect(dial()).rejects.toThrow('ECONNREFUSED');
  await closed;
  await stopped;
});

test('however long a password takes, all who wait for theirs get an answer before the program ends', async () => {
  const slow = new SettingsFile(PATIENCE, {
    auth: { argon2: { iterations: 100, max_wait_ms: 500 } },
  });
  const app = await startApp({ env: stack.env, settings: slow });
  const guesser = new Browser(app.url);
  const logins = Array.from({ length: 20 }, async (_, i) =>
    guesser.logIn(`joan-${i}@example.com`, 'not the password'),
  );
  await Promise.race(logins);
  expect(await app.stop()).toBe(0);
  const statuses = await Promise.all(logins.map(async (login) => (await login).status));
  expect(new Set(statuses)).toEqual(new Set([401, 503]));
});

test('a request that takes longer than the grace period is cut off, and the exit code says so', async () => {
  stack.app.process.kill('SIGKILL');
  const settings = new SettingsFile({ server: { shutdown_grace_period_ms: 500 } });
  const env = { WORKERS: '1', NODE_ENV: 'development', DATABASE_URL: stack.postgres.url };
  const app = await startApp({ env: { ...env, REDIS_URL: stack.redis.url }, settings });
  port = Number(new URL(app.url).port);
  const { socket, closed } = await dial();
  await stack.postgres.freeze();
  socket.write(GET(ASKS_POSTGRES));
  await pause(200);
  expect(await app.stop()).toBe(1);
  await closed;
  expect(app.output()).toContain('1 requests were not answered in time');
  stack.postgres.thaw();
});
