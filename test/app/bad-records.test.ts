import { createHash } from 'node:crypto';

import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD, PAGE } from '../counter/pages.js';

let stack: RedisStack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => stack.stop());

const keyOf = (id: string) => `session:${createHash('sha256').update(id).digest('base64url')}`;

/** Somebody whose session was changed in Redis by another hand. */
async function withRecord(change: (text: string) => string): Promise<Browser> {
  const browser = new Browser(stack.app.url);
  await browser.logIn();
  await browser.post(...ADD);
  const text = String(await stack.redis.call('GET', keyOf(browser.id)));
  await stack.redis.call('SET', keyOf(browser.id), change(text), 'KEEPTTL');
  return browser;
}

/** A change of the data that the app has put into a session. */
const withData = (change: (data: Record<string, unknown>) => unknown) => (text: string) => {
  const record = JSON.parse(text) as { data: Record<string, unknown> };
  return JSON.stringify({ ...record, data: change(record.data) });
};

/** Data with each part in place of another. */
function withNonsense(data: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.keys(data).map((name) => [name, { parts: 'many' }]));
}

test.each([
  ['a truncated one', (text: string) => text.slice(0, text.length / 2)],
  ['an empty one', () => ''],
  ["another program's JSON", () => '{"cookie":{"originalMaxAge":86400000},"user":1}'],
  ['null', () => 'null'],
  ['one with parts that are none', withData(withNonsense)],
  ['one with data that is no object', withData(() => 7)],
  [
    'one that would change all objects',
    (text: string) => text.replace('"data":{', '"data":{"__proto__":{"count":1},'),
  ],
])(
  '%s in place of the record is no session, or a session, and never an error',
  async (_, change) => {
    const browser = await withRecord(change);
    const response = await browser.get('/account');
    expect([200, 303]).toContain(response.status);
    if (response.status === 303) {
      expect(response.headers.get('location')).toBe('/login?next=%2Faccount');
    }
    expect((await browser.logIn()).status).toBe(303);
    expect((await browser.get('/account')).status).toBe(200);
  },
);

test('a session from before the app had a counter goes on, and begins to count', async () => {
  const browser = await withRecord(withData(() => ({})));
  const response = await browser.get(PAGE, { accept: 'application/json' });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ count: 0 });
  expect((await browser.post(...ADD)).status).toBe(303);
});

test('what a later version of the app has put into a session outlives a change by this one', async () => {
  const browser = await withRecord(withData((data) => ({ ...data, theme: 'dark', size: null })));
  expect((await browser.get('/account')).status).toBe(200);
  expect((await browser.post(...ADD)).status).toBe(303);
  const record = JSON.parse(String(await stack.redis.call('GET', keyOf(browser.id))));
  expect(record).toMatchObject({ data: { theme: 'dark', size: null, count: 2 } });
});

test('a field that its feature can’t read begins anew, and the user stays logged in', async () => {
  const browser = await withRecord(withData((data) => ({ ...data, theme: 'dark', count: 'many' })));
  expect(await browser.json(PAGE)).toEqual({ count: 0 });
  expect((await browser.post(...ADD)).status).toBe(303);
  expect(await browser.json(PAGE)).toEqual({ count: 1 });
});
