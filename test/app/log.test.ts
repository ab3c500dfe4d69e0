import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ LOG_LEVEL: 'trace' });
});
afterAll(async () => stack.stop());

interface Line {
  readonly msg: string;
  readonly requestId?: string;
  readonly [field: string]: unknown;
}

const lines = () =>
  stack.app
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

const requests = () => lines().filter(({ msg }) => msg === 'request');

test('each request leaves one line: which, where, by whom answered, how and how fast', async () => {
  const browser = new Browser(stack.app.url);
  await browser.logIn();
  await browser.get('/cart?secret=1');
  await browser.get('/no/such/page?secret=1');
  while (requests().length < 3) await pause(10);
  const cart = requests().find(({ route }) => route === '/cart');
  const none = requests().find(({ status }) => status === 404);
  const key = createHash('sha256').update(browser.id).digest('base64url');
  expect(cart).toMatchObject({ method: 'GET', route: '/cart', status: 200 });
  expect(cart).toMatchObject({ session: key.slice(0, 8), worker: expect.any(Number) });
  expect(cart!['ms']).toEqual(expect.any(Number));
  expect(none).toMatchObject({ method: 'GET', route: null });
  const ids = requests().map(({ requestId }) => requestId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('no line has a cookie, an id, a key, a password, an address or anything else that a client sent', async () => {
  const browser = new Browser(stack.app.url);
  await browser.logIn();
  const { id } = browser;
  const key = createHash('sha256').update(id).digest('base64url');
  await browser.logIn('ada@example.com', 'a wrong password');
  await browser.post('/cart/items', { product: 'tea', note: 'what was typed' });
  await browser.get('/cart?next=what-was-asked', { 'user-agent': 'what-browser' });
  await browser.get('/what-path');
  while (requests().length < 8) await pause(10);
  const all = stack.app.output();
  for (const secret of [
    ...[id, key, 'session_id', 'tea for two at noon', 'a wrong password', 'ada@example.com'],
    ...['what was typed', 'what-was-asked', 'what-browser', 'what-path'],
  ]) {
    expect(all).not.toContain(secret);
  }
});
