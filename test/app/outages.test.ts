import { Client } from 'pg';

import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startApp, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { waitingForLocks } from './in-postgres.js';
import { ADD, CHANGE, PAGE } from '../counter/pages.js';

let stack: RedisStack;
let ada: Browser;
beforeAll(async () => {
  // One worker: of two, each finds a server again at a time of its own.
  stack = await startStack({ WORKERS: '1' }, { settings: new SettingsFile() });
  ada = new Browser(stack.app.url);
  await ada.logIn();
});
afterAll(async () => stack.stop());

/** database.timeout_ms in config/server.yaml. */
const DATABASE_TIMEOUT_MS = 3_000;

const timed = async <T>(act: () => Promise<T>): Promise<[T, number]> => {
  const started = Date.now();
  return [await act(), Date.now() - started];
};

test('Redis frozen: 503 within 2 s, nobody is logged out, and the same cookie works afterwards', async () => {
  const { cookie } = ada;
  await stack.redis.freeze();
  const [response, ms] = await timed(async () => ada.get(PAGE));
  stack.redis.thaw();
  expect(response.status).toBe(503);
  expect(ms).toBeLessThan(2_000);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(await response.text()).toContain('not been logged out');
  expect(ada.cookie).toBe(cookie);
  await untilStatus(async () => ada.get(PAGE), 200);
});

test('Redis frozen: who is signed in still sees the pages that are for everybody', async () => {
  await stack.redis.freeze();
  const response = await ada.get('/');
  stack.redis.thaw();
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()).toEqual([]);
  await untilStatus(async () => ada.get(PAGE), 200);
});

test('Redis frozen: a form that could not be taken is not lost, the page leads back to it', async () => {
  await stack.redis.freeze();
  const response = await ada.post(...ADD, { referer: `${stack.app.url}/?from=mail` });
  stack.redis.thaw();
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('href="/?from&#x3D;mail"');
  await untilStatus(async () => ada.get(PAGE), 200);
});

test('Redis away: sessions answer 503 at once, visitors are served', async () => {
  await stack.redis.kill();
  await untilStatus(async () => ada.get(PAGE), 503);
  const [response, ms] = await timed(async () => ada.get(PAGE));
  expect(response.status).toBe(503);
  expect(ms).toBeLessThan(1_000);
  const visitor = new Browser(stack.app.url);
  expect((await visitor.get('/login')).status).toBe(200);
  expect((await visitor.logIn()).status).toBe(503);
  await stack.redis.start();
  // Nothing was on its disk, so those sessions are gone; but logging in works again.
  await untilStatus(async () => ada.logIn(), 303);
  expect((await ada.get(PAGE)).status).toBe(200);
});

test('PostgreSQL away: signed-in pages go on, a login answers 503, and all is well afterwards', async () => {
  await ada.post(...ADD);
  await stack.postgres.stop();
  expect((await ada.get(PAGE)).status).toBe(200);
  expect((await ada.post(...CHANGE)).status).toBe(303);
  const response = await new Browser(stack.app.url).logIn();
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).not.toBeNull();
  await stack.postgres.start();
  await untilStatus(async () => new Browser(stack.app.url).logIn(), 303);
});

test('PostgreSQL frozen: a login answers 503 in time, and works as soon as it can', async () => {
  await stack.postgres.freeze();
  const [response, ms] = await timed(async () => new Browser(stack.app.url).logIn());
  const page = await ada.get(PAGE);
  stack.postgres.thaw();
  expect(response.status).toBe(503);
  expect(ms).toBeLessThan(2 * DATABASE_TIMEOUT_MS);
  expect(page.status).toBe(200);
  await untilStatus(async () => new Browser(stack.app.url).logIn(), 303);
});

test('PostgreSQL waits for a lock: a login answers 503 in time', async () => {
  const admin = new Client(stack.postgres.url);
  await admin.connect();
  await admin.query('BEGIN; LOCK TABLE users');
  const [response, ms] = await timed(async () => new Browser(stack.app.url).logIn());
  await admin.end();
  expect(response.status).toBe(503);
  expect(ms).toBeLessThan(2 * DATABASE_TIMEOUT_MS);
});

test('PostgreSQL ends the connection on which a try is being counted: the login answers 503', async () => {
  const admin = new Client(stack.postgres.url);
  await admin.connect();
  await admin.query('BEGIN; LOCK TABLE rate_limits');
  const login = new Browser(stack.app.url).logIn();
  let waiting: number[] = [];
  while (waiting.length === 0) waiting = await waitingForLocks(stack.postgres.url);
  await admin.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [waiting]);
  await admin.end();
  expect((await login).status).toBe(503);
});

test('PostgreSQL has no connection left: a login answers 503, signed-in pages go on', async () => {
  const admin = new Client(stack.postgres.url);
  await admin.connect();
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  );
  const others = await allConnections();
  expect((await new Browser(stack.app.url).logIn()).status).toBe(503);
  expect((await ada.get(PAGE)).status).toBe(200);
  for (const other of [...others, admin]) await other.end();
  await untilStatus(async () => new Browser(stack.app.url).logIn(), 303);
});

test('PostgreSQL makes everybody wait: of many logins none waits for long', async () => {
  const admin = new Client(stack.postgres.url);
  await admin.connect();
  await admin.query('BEGIN; LOCK TABLE users');
  const logins = Array.from({ length: 50 }, async () =>
    timed(async () => new Browser(stack.app.url).logIn()),
  );
  const [page, pageMs] = await timed(async () => ada.get(PAGE));
  expect(page.status).toBe(200);
  expect(pageMs).toBeLessThan(DATABASE_TIMEOUT_MS);
  for (const [response, ms] of await Promise.all(logins)) {
    // 429: tries count, also those that could not be looked at.
    expect([503, 429]).toContain(response.status);
    // For a connection and for the answer, twice: to count the try, and to look for the user.
    expect(ms).toBeLessThan(4 * DATABASE_TIMEOUT_MS);
  }
  await admin.end();
  await untilStatus(async () => new Browser(stack.app.url).logIn('grace@example.com'), 303);
});

test('PostgreSQL ends all connections: no login answers anything but 503 or that it worked', async () => {
  const admin = new Client(stack.postgres.url);
  await admin.connect();
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  );
  await admin.end();
  let status: number;
  do {
    ({ status } = await new Browser(stack.app.url).logIn());
    expect([303, 503]).toContain(status);
  } while (status !== 303);
});

test('Redis away at the start: what is for everybody is served, and all of it once Redis is there', async () => {
  await stack.redis.kill();
  const late = await startApp({ env: stack.env });
  const visitor = new Browser(late.url);
  const user = Object.assign(new Browser(late.url), { cookie: ada.cookie });
  const statuses = async () => {
    const paths = ['/health/live', '/health/ready', '/', '/login'];
    const answers = [...paths.map(async (path) => visitor.get(path)), user.get(PAGE)];
    return (await Promise.all(answers)).map(({ status }) => status);
  };
  expect(await statuses()).toEqual([200, 503, 200, 200, 503]);
  await stack.redis.restart();
  await untilStatus(async () => visitor.get('/health/ready'), 200);
  // What Redis has forgotten is no session, and no outage.
  expect(await statuses()).toEqual([200, 200, 200, 200, 303]);
  await late.stop();
  await ada.logIn();
});

test('through all of it no worker ended', () => {
  expect(stack.app.output()).not.toContain('ended:');
  expect(stack.app.output()).not.toContain('nhandled');
});

/** Takes every connection that PostgreSQL gives. */
async function allConnections(): Promise<Client[]> {
  const clients: Client[] = [];
  for (;;) {
    const client = new Client(stack.postgres.url);
    try {
      await client.connect();
    } catch {
      return clients;
    }
    clients.push(client);
  }
}

/** Resolves when the answer has this status; the test's own timeout is the limit. */
async function untilStatus(ask: () => Promise<Response>, status: number): Promise<void> {
  while ((await ask()).status !== status);
}
