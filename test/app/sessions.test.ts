import { createHash } from 'node:crypto';

import { Redis } from 'ioredis';

import { type RedisStack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';
import { ADD, type Kept, LOGIN_FIRST, PAGE } from './kept.js';
import { commandsDuring } from './redis-commands.js';

let stack: RedisStack;
let redis: Redis;
beforeAll(async () => {
  stack = await startStack();
  redis = new Redis(stack.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await stack.stop();
});

const newBrowser = () => new Browser(stack.app.url);
const keyOf = (id: string) => `session:${createHash('sha256').update(id).digest('base64url')}`;

test('a login sets exactly one session cookie, and the store holds its hash for 24 hours, and for 30 days at most', async () => {
  const browser = newBrowser();
  const response = await browser.logIn();
  expect(response.status).toBe(303);
  const cookies = response.headers.getSetCookie();
  expect(cookies.filter((cookie) => cookie.includes('session_id'))).toEqual([
    expect.stringMatching(/^session_id=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
  ]);
  const ttl = await redis.ttl(keyOf(browser.id));
  expect(ttl).toBeGreaterThan(86_390);
  expect(ttl).toBeLessThanOrEqual(86_400);
  const record = JSON.parse((await redis.get(keyOf(browser.id))) ?? '') as Record<string, number>;
  expect(record['expiresAt']).toBe(record['createdAt']! + 30 * 86_400_000);
  const all = await redis.keys('*');
  for (const key of all) expect(key).not.toContain(browser.id);
});

test('a signed-in page costs one command and no statement, and restarts the clock', async () => {
  const browser = newBrowser();
  await browser.logIn();
  await browser.post(...ADD);
  // It says what was added: to take what is said once costs another.
  await browser.get(PAGE);
  await redis.expire(keyOf(browser.id), 1_000);
  const statements = stack.postgres.statements().length;
  const seen = await commandsDuring(redis, async () => {
    expect((await browser.get(PAGE)).status).toBe(200);
  });
  expect(seen).toEqual([['getex', keyOf(browser.id), 'PX', '86400000']]);
  expect(stack.postgres.statements()).toHaveLength(statements);
  expect(await redis.ttl(keyOf(browser.id))).toBeGreaterThan(86_390);
});

test('a change that nobody else disturbs costs two commands', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const seen = await commandsDuring(redis, async () => {
    await browser.post(...ADD);
  });
  expect(seen.map(([name]) => name)).toEqual(['getex', 'eval']);
});

test('a visitor without a cookie, or with one that is no id, costs no command', async () => {
  const seen = await commandsDuring(redis, async () => {
    await newBrowser().get('/');
    await newBrowser().get(PAGE);
    for (const value of ['', 'x', 'A'.repeat(42), '../../etc/passwd', '%00', 'GET%20session']) {
      const browser = newBrowser();
      browser.cookie = `session_id=${value}`;
      const response = await browser.get(PAGE);
      expect(response.headers.get('location')).toBe(LOGIN_FIRST);
    }
  });
  expect(seen).toEqual([]);
});

test('a session that is gone from the store sends to the login page, and the dead cookie is cleared', async () => {
  const browser = newBrowser();
  await browser.logIn();
  await redis.del(keyOf(browser.id));
  const response = await browser.get(PAGE);
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(LOGIN_FIRST);
  expect(response.headers.getSetCookie()).toEqual([
    'session_id=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
  ]);
});

test('a client that asks for JSON gets 401 instead of the redirect', async () => {
  const response = await newBrowser().get(PAGE, { accept: 'application/json' });
  expect(response.status).toBe(401);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});

test('a login over a live session gives a new id, and the old one answers nothing', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const old = newBrowser();
  old.cookie = browser.cookie;
  await browser.logIn();
  expect(browser.cookie).not.toBe(old.cookie);
  expect((await old.get(PAGE)).status).toBe(303);
  expect((await browser.get(PAGE)).status).toBe(200);
});

test.each([
  ['a thing to keep', ...ADD],
  ['a login', '/login', { email: 'ada@example.com', password: 'a walk along the river' }],
])('an id that a client invents is never adopted: %s gives another', async (_, path, form) => {
  const browser = newBrowser();
  const invented = `session_id=${'A'.repeat(43)}`;
  browser.cookie = invented;
  expect((await browser.post(path, form)).status).toBe(303);
  expect(browser.id).toMatch(/^[\w-]{43}$/);
  expect(browser.cookie).not.toBe(invented);
  expect(await redis.exists(keyOf('A'.repeat(43)))).toBe(0);
});

test('a stolen id is useless after the log-out', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const thief = newBrowser();
  thief.cookie = browser.cookie;
  await browser.post('/logout', {});
  expect(browser.cookie).toBe('');
  expect((await thief.get(PAGE)).status).toBe(303);
});

test('1,000 adds to one session, 50 at a time, over two workers: all are in it', async () => {
  const browser = newBrowser();
  await browser.logIn();
  let sent = 0;
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (sent < 1_000) {
        sent++;
        const response = await browser.post(...ADD);
        expect(response.status).toBe(303);
      }
    }),
  );
  expect(await browser.json<Kept>(PAGE)).toMatchObject({ count: 1_000 });
});

test('what a guest keeps survives the login', async () => {
  const browser = newBrowser();
  for (let i = 0; i < 3; i++) await browser.post(...ADD);
  expect(await redis.ttl(keyOf(browser.id))).toBeLessThanOrEqual(3_600);
  await browser.logIn();
  expect(await browser.json<Kept>(PAGE)).toMatchObject({ count: 3 });
});

test('a record that is no session of this app counts as none, and is deleted', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const key = keyOf(browser.id);
  const record = JSON.parse((await redis.get(key)) ?? '') as Record<string, unknown>;
  for (const poison of ['{', JSON.stringify({ ...record, data: 'none' })]) {
    await redis.set(key, poison);
    const thief = newBrowser();
    thief.cookie = `session_id=${browser.id}`;
    expect((await thief.get(PAGE)).status).toBe(303);
    expect(await redis.exists(key)).toBe(0);
  }
});
