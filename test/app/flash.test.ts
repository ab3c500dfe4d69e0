import { Redis } from 'ioredis';

import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD, ADDED, PAGE } from '../counter/pages.js';
import { commandsDuring } from './redis-commands.js';

let stack: RedisStack;
let redis: Redis;
beforeAll(async () => {
  // No worker asks about the end of all sessions while commands are counted.
  const settings = new SettingsFile(PATIENCE, {
    session: { end_all_within_ms: 60_000, cookie_name: 'staging.session_id' },
  });
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

const add = async (browser = ada) => browser.post(...ADD);
const says = async (response: Promise<Response>) => (await (await response).text()).includes(ADDED);

test('what was done is said by the next page, as a status, and by no page after it', async () => {
  await add();
  const page = await (await ada.get(PAGE)).text();
  expect(page).toMatch(new RegExp(`<p class="notice" role="status">${ADDED}</p>`));
  expect(await says(ada.get(PAGE))).toBe(false);
});

test('of tabs that are opened at once, over all workers, one says it', async () => {
  for (let round = 0; round < 20; round++) {
    await add();
    const tabs = Array.from({ length: 8 }, async () => says(ada.get(PAGE)));
    expect((await Promise.all(tabs)).filter(Boolean)).toHaveLength(1);
  }
});

test('a page without one costs one command as ever, and one with it the swap that takes it', async () => {
  await add();
  const names = async () => {
    const seen = await commandsDuring(redis, async () => void (await ada.get(PAGE)));
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
  await add(guest);
  expect(await says(guest.get('/login'))).toBe(true);
  expect(await says(guest.get('/login'))).toBe(false);
});

test('a page that is only fetched ahead, or asked for its headers, leaves it for the one that is read', async () => {
  await add();
  await ada.get(PAGE, { 'sec-purpose': 'prefetch' });
  await fetch(stack.url + PAGE, { method: 'HEAD', headers: { cookie: ada.cookie } });
  expect(await says(ada.get(PAGE))).toBe(true);
});

test('a program that asks for data leaves it for the page', async () => {
  await add();
  await ada.json(PAGE);
  expect(await says(ada.get(PAGE))).toBe(true);
});

test('however much was done between two pages, the last of it is said', async () => {
  await add();
  await ada.post('/account/name', { name: 'Ada Byron' });
  const page = await (await ada.get(PAGE)).text();
  expect(page).toContain('Your name has been changed.');
  expect(page).not.toContain(ADDED);
});

test('it is kept through the login, for the page that comes after it', async () => {
  const guest = new Browser(stack.url);
  await add(guest);
  await guest.logIn();
  expect(await says(guest.get(PAGE))).toBe(true);
});

test('what takes it may fail: the page is there, and the next one says it', async () => {
  await add();
  await redis.call('ACL', 'SETUSER', 'default', '-eval', '-evalsha');
  try {
    const response = await ada.get(PAGE);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain(ADDED);
  } finally {
    await redis.call('ACL', 'SETUSER', 'default', '+eval', '+evalsha');
  }
  expect(await says(ada.get(PAGE))).toBe(true);
});

test('the cookie of another copy of the app on this host is none of ours, and stays', async () => {
  const own = ada.cookie;
  expect(own).toMatch(/^staging\.session_id=/);
  const others = `session_id=${'A'.repeat(43)}`;
  for (const cookie of [`${others}; ${own}`, `${own}; ${others}`]) {
    const response = await fetch(stack.url + PAGE, { headers: { cookie } });
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([]);
  }
});
