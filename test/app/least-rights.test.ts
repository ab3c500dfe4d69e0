import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Redis } from 'ioredis';
import { Client } from 'pg';

import { migrate, seed } from '../../dev/database.js';
import { tempFolder } from '../../dev/guard.js';
import { Mailbox } from '../../dev/mailbox.js';
import { PATIENCE } from '../../dev/patience.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { type RedisServer, startRedis } from '../../dev/redis.js';
import { run } from '../../dev/run.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { ADD, PAGE } from '../counter/pages.js';
import { type App, COUNTER_APP, startApp } from '../counter/stack.js';
import { Browser } from './browser.js';

const PASSWORD = 'a-password-of-a-test';
const mailbox = new Mailbox();
const settings = new SettingsFile(PATIENCE);

let postgres: PostgresServer;
let redis: RedisServer;
let app: App;
let env: Record<string, string>;
beforeAll(async () => {
  const acl = join(tempFolder('acl'), 'users.acl');
  const users = readFileSync('deploy/redis-user.acl', 'utf8');
  writeFileSync(acl, users.replace('replace-this-password', PASSWORD));
  [postgres, redis] = await Promise.all([startPostgres(), startRedis(['--aclfile', acl])]);

  const owner = { NODE_ENV: 'development', DATABASE_URL: postgres.url };
  await migrate(owner);
  await seed(owner, COUNTER_APP.seed);
  const role = readFileSync('deploy/postgres-role.sql', 'utf8');
  await withClient(postgres.url, async (client) =>
    client.query(role.replace(":'password'", `'${PASSWORD}'`)),
  );
  env = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'warn',
    MAIL_URL: mailbox.url,
    DATABASE_URL: as('app', postgres.url),
    REDIS_URL: as('sessions', redis.url),
  };
  app = await startApp({ env, settings });
});
afterAll(async () => {
  await app.stop();
  await Promise.all([postgres.stop(), redis.stop()]);
});

/** A server's URL with another user. */
function as(user: string, serverUrl: string): string {
  return Object.assign(new URL(serverUrl), { username: user, password: PASSWORD }).href;
}

async function withClient<T>(url: string, act: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

test('the program does all that it does with the rights that deploy/ gives it', async () => {
  const [joan, phone] = [new Browser(app.url), new Browser(app.url)];
  const account = { email: 'joan@example.com', password: 'a sentence of a few words' };
  await joan.post(...ADD);
  expect((await joan.signUp(mailbox, account)).status).toBe(303);
  expect((await phone.logIn(account.email, account.password)).status).toBe(303);
  expect(await joan.json(PAGE)).toMatchObject({ count: 1 });
  const change = { current: account.password, password: 'another one, and no better' };
  expect((await joan.post('/account/password', change)).status).toBe(303);
  expect(await phone.endReason()).toBe('password');
  expect((await joan.post('/account/sessions/end-others', {})).status).toBe(303);
  expect((await joan.post('/account/second-factor/begin', {})).status).toBe(303);
  const stats = await run([process.execPath, 'dist/src/operators/sessions.js', 'stats'], {
    env: { ...process.env, ...env },
  });
  expect(stats.output).toMatch(/sessions {2}\d+/);
  expect((await joan.post('/account/delete', {})).status).toBe(303);
  expect(app.output()).not.toMatch(/NOPERM|permission denied/);
});

test.each([
  ['FLUSHALL'],
  ['FLUSHDB'],
  ['KEYS', '*'],
  ['CONFIG', 'GET', '*'],
  ['ACL', 'LIST'],
  ['SHUTDOWN'],
  ['GET', 'anything-else'],
  ['SET', 'anything-else', '1'],
  ['EVAL', "return redis.call('FLUSHALL')", '0'],
  ['SCRIPT', 'FLUSH'],
  ['PUBLISH', 'a', 'b'],
])('its user in Redis may not %s', async (...command) => {
  const client = new Redis(env['REDIS_URL']!);
  const [name, ...args] = command as [string, ...string[]];
  await expect(client.call(name, ...args)).rejects.toThrow(/NOPERM|can't run this command/);
  client.disconnect();
});

test('nobody gets into Redis without a password', async () => {
  const client = new Redis(redis.url);
  client.on('error', () => undefined);
  await expect(client.get('session:x')).rejects.toThrow('NOAUTH');
  client.disconnect();
});

test.each([
  'CREATE TABLE mine (x int)',
  'DROP TABLE users',
  'ALTER TABLE users ADD COLUMN mine text',
  'TRUNCATE users',
  'CREATE ROLE other',
  'SELECT * FROM _prisma_migrations',
  "COPY users TO '/tmp/users'",
  "SELECT pg_read_file('/etc/passwd')",
])('its role in PostgreSQL may not: %s', async (statement) => {
  await withClient(env['DATABASE_URL']!, async (client) => {
    await expect(client.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });
});

test.each([
  ['allkeys-lru', true],
  ['volatile-ttl', true],
  ['noeviction', false],
])('at the start it warns of the maxmemory-policy %s: %s', async (policy, warns) => {
  const small = await startRedis(['--maxmemory', '50mb', '--maxmemory-policy', policy]);
  const variables = { ...env, REDIS_URL: small.url, WORKERS: '1' };
  const other = await startApp({ env: variables, settings });
  await new Browser(other.url).logIn();
  expect(other.output().includes(`maxmemory-policy is ${policy}`)).toBe(warns);
  await other.stop();
  await small.stop();
});
