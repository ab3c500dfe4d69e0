import { Redis } from 'ioredis';

import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';
import { commandsDuring } from './redis-commands.js';

const MESSAGE = 'Added to your cart: Sencha.';

let stack: RedisStack;
let redis: Redis;
beforeAll(async () => {
  // No worker asks about the end of all sessions while commands are counted.
  const settings = new SettingsFile({ session: { end_all_within_ms: 60_000 } });
  stack = await startStack({}, { settings });
  redis = new Redis(stack.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await stack.stop();
});

let ada: Browser;
beforeEach(async () => {
  ada = new Browser(stack.url);
  await ada.logIn();
});

const addTea = async (browser = ada) => browser.post('/cart/items', { product: 'tea' });
const says = async (response: Promise<Response>) =>
  (await (await response).text()).includes(MESSAGE);

test('what was done is said by the next page, as a status, and by no page after it', async () => {
  await addTea();
  const page = await (await ada.get('/cart')).text();
  expect(page).toMatch(new RegExp(`<p class="notice" role="status">${MESSAGE}</p>`));
  expect(await says(ada.get('/cart'))).toBe(false);
});

test('of tabs that are opened at once, over all workers, one says it', async () => {
  for (let round = 0; round < 20; round++) {
    await addTea();
    const tabs = Array.from({ length: 8 }, async () => says(ada.get('/cart')));
    expect((await Promise.all(tabs)).filter(Boolean)).toHaveLength(1);
  }
});

test('a page without one costs one command as ever, and one with it the swap that takes it', async () => {
  await addTea();
  const names = async () => {
    const seen = await commandsDuring(redis, async () => void (await ada.get('/cart')));
    return seen.map(([name]) => name);
  };
  const [read, ...taking] = await names();
  expect(read).toBe('getex');
  expect(taking[0]).toMatch(/^eval/);
  expect(await names()).toEqual(['getex']);
});

test('a guest is told, too, and a visitor to whom nothing is to be told costs no command', async () => {
  const guest = new Browser(stack.url);
  const seen = await commandsDuring(redis, async () => void (await guest.get('/')));
  expect(seen).toEqual([]);
  await addTea(guest);
  expect(await says(guest.get('/login?next=/cart'))).toBe(true);
  expect(await says(guest.get('/login?next=/cart'))).toBe(false);
});

test('a program that asks for data leaves it for the page', async () => {
  await addTea();
  await ada.json('/cart');
  expect(await says(ada.get('/cart'))).toBe(true);
});

test('however much was done between two pages, the last of it is said', async () => {
  await addTea();
  await ada.post('/cart/items', { product: 'cup' });
  const page = await (await ada.get('/cart')).text();
  expect(page).toContain('Added to your cart: Tea cup.');
  expect(page).not.toContain(MESSAGE);
});

test('it is kept through the login, for the page that comes after it', async () => {
  const guest = new Browser(stack.url);
  await addTea(guest);
  await guest.logIn();
  expect(await says(guest.get('/cart'))).toBe(true);
});

test('what takes it may fail: the page is there, and the next one says it', async () => {
  await addTea();
  await redis.call('ACL', 'SETUSER', 'default', '-eval', '-evalsha');
  try {
    const response = await ada.get('/cart');
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain(MESSAGE);
  } finally {
    await redis.call('ACL', 'SETUSER', 'default', '+eval', '+evalsha');
  }
  expect(await says(ada.get('/cart'))).toBe(true);
});
