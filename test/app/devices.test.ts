import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { age, keyOf } from './session-in-redis.js';

// No worker asks about the end of all sessions while commands are counted.
const settings = new SettingsFile(PATIENCE, { session: { end_all_within_ms: 60_000 } });

let stack: RedisStack;
let redis: Redis;
beforeAll(async () => {
  stack = await startStack({}, { settings });
  redis = new Redis(stack.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await stack.stop();
});
beforeEach(async () => redis.flushall());

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const ELSEWHERE = 'You have been logged out here from another of your devices.';

interface Devices {
  devices: { handle: string; device: string; address: string; isThis: boolean }[];
}

async function loggedIn(email?: string): Promise<Browser> {
  const browser = new Browser(stack.url);
  await browser.logIn(email);
  return browser;
}

const devicesOf = async (browser: Browser) =>
  (await browser.json<Devices>('/account/sessions')).devices;

/** What the login page says to a browser that asks for a page of its own. */
async function told(browser: Browser): Promise<string> {
  const response = await browser.get('/account');
  expect(response.status).toBe(303);
  const login = response.headers.get('location') ?? '';
  expect(login).toMatch(/^\/login\?/);
  return (await browser.get(login)).text();
}

test('a device is shown in words, and by no key and no id', async () => {
  const browser = new Browser(stack.url);
  await browser.post(
    '/login',
    { email: 'ada@example.com', password: 'a walk along the river' },
    { 'user-agent': CHROME },
  );
  const other = await loggedIn();
  const page = await (await other.get('/account/sessions')).text();
  expect(page).toContain('Chrome on Linux');
  for (const each of [browser, other]) {
    expect(page).not.toContain(each.id);
    expect(page).not.toContain(keyOf(each).slice('session:'.length));
  }
  const devices = await devicesOf(other);
  expect(devices.map(({ isThis }) => isThis).toSorted()).toEqual([false, true]);
});

test('no word of a user agent itself is shown: it may be a message', async () => {
  const browser = new Browser(stack.url);
  const login = { email: 'ada@example.com', password: 'a walk along the river' };
  await browser.post('/login', login, {
    'user-agent': 'Support call 0800 123456/1.0 (X11; Linux x86_64)',
  });
  expect((await devicesOf(browser))[0]!.device).toBe('An unknown browser on Linux');
});

test('an ended device is told so at its next click, once; the others stay', async () => {
  const [here, phone, tablet] = [await loggedIn(), await loggedIn(), await loggedIn()];
  const { handle } = (await devicesOf(phone)).find(({ isThis }) => isThis)!;
  const response = await here.post(`/account/sessions/${handle}/end`, {});
  expect(response.headers.get('location')).toBe('/account/sessions');
  expect(await (await here.get('/account/sessions')).text()).toContain(
    'That device has been logged out.',
  );
  expect(await told(phone)).toContain(ELSEWHERE);
  expect(await told(phone)).not.toContain(ELSEWHERE);
  for (const each of [here, tablet]) expect((await each.get('/account')).status).toBe(200);
});

test('all others are ended at once', async () => {
  const [here, phone, tablet] = [await loggedIn(), await loggedIn(), await loggedIn()];
  await here.post('/account/sessions/end-others', {});
  for (const each of [phone, tablet]) expect(await told(each)).toContain(ELSEWHERE);
  expect(await devicesOf(here)).toHaveLength(1);
});

test('a device that is logged out twice, and one that gets another id meanwhile, is out', async () => {
  const [here, phone] = [await loggedIn(), await loggedIn()];
  const { handle } = (await devicesOf(phone)).find(({ isThis }) => isThis)!;
  await phone.post('/login/again', { password: 'a walk along the river' });
  const end = async () => here.post(`/account/sessions/${handle}/end`, {});
  for (const answer of [...(await Promise.all([end(), end()])), await end()]) {
    expect(answer.headers.get('location')).toBe('/account/sessions');
  }
  expect(await told(phone)).toContain(ELSEWHERE);
});

test.each(['an invented', "another user's", 'an old', 'an empty'])(
  '%s handle ends nothing and is answered with 404',
  async (kind) => {
    const [here, gone, grace] = [
      await loggedIn(),
      await loggedIn(),
      await loggedIn('grace@example.com'),
    ];
    const own = async (browser: Browser) =>
      (await devicesOf(browser)).find(({ isThis }) => isThis)?.handle ?? '';
    const handles: Record<string, string> = {
      'an invented': 'A'.repeat(22),
      "another user's": await own(grace),
      'an old': await own(gone),
      'an empty': '',
    };
    await gone.post('/logout', {});
    const response = await here.post(`/account/sessions/${handles[kind]}/end`, {});
    expect(response.status).toBe(404);
    for (const each of [here, grace]) expect((await each.get('/account')).status).toBe(200);
  },
);

test.each(['end-others', 'HANDLE/end'])(
  'a login of an hour ago is asked for the password before %s, and ends nothing without',
  async (action) => {
    const [here, phone] = [await loggedIn(), await loggedIn()];
    const { handle } = (await devicesOf(phone)).find(({ isThis }) => isThis)!;
    const path = `/account/sessions/${action.replace('HANDLE', handle)}`;
    await age(here, redis);

    const asked = await here.post(path, {}, { referer: `${stack.url}/account/sessions` });
    expect(asked.status).toBe(303);
    const again = '/login/again?next=%2Faccount%2Fsessions';
    expect(asked.headers.get('location')).toBe(again);
    const json = await here.post(path, {}, { accept: 'application/json' });
    expect(json.status).toBe(401);
    expect((await phone.get('/account')).status).toBe(200);

    const next = '/account/sessions';
    const wrong = await here.post('/login/again', { password: 'a wrong one', next });
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain('This is not your password.');
    const before = here.cookie;
    const right = await here.post('/login/again', { password: 'a walk along the river', next });
    expect(right.headers.get('location')).toBe(next);
    expect(here.cookie).not.toBe(before);

    expect((await here.post(path, {})).status).toBe(303);
    expect(await told(phone)).toContain(ELSEWHERE);
  },
);

test('nobody is asked for a password who is not logged in', async () => {
  for (const path of ['/login/again', '/account/sessions']) {
    const response = await new Browser(stack.url).get(path);
    expect(response.headers.get('location')).toBe(`/login?next=${encodeURIComponent(path)}`);
  }
});

test('the 21st login ends the oldest session, which is told so; the list of 20 costs 42 commands', async () => {
  const browsers: Browser[] = [];
  for (let i = 0; i < 21; i++) browsers.push(await loggedIn());
  const [oldest, ...others] = browsers;
  expect(await told(oldest!)).toContain('too many other devices');

  const before = await commands();
  expect(await devicesOf(others[0]!)).toHaveLength(20);
  // The session itself, the list, and text and clock of each; INFO counts itself.
  expect((await commands()) - before - 1).toBe(42);
});

test('what has expired, or was lost with the store, is not in the list', async () => {
  const [here, expired] = [await loggedIn(), await loggedIn()];
  await redis.pexpire(keyOf(expired), 1);
  while (await redis.exists(keyOf(expired))) await pause(5);
  expect(await devicesOf(here)).toHaveLength(1);
});

test('no link makes the login page say that a session was ended', async () => {
  const page = await (await new Browser(stack.url).get('/login?ended=elsewhere')).text();
  expect(page).not.toContain(ELSEWHERE);
});

test('a login page that is fetched ahead, or by a script, leaves the reason to the one that is read', async () => {
  const [here, phone] = [await loggedIn(), await loggedIn()];
  await here.post('/account/sessions/end-others', {});
  const { cookie } = phone;
  await phone.get('/account');
  await phone.get('/login', { 'sec-purpose': 'prefetch;prerender' });
  await phone.get('/login', { 'sec-fetch-dest': 'empty' });
  expect(phone.cookie).toBe(cookie);
  expect(await (await phone.get('/login')).text()).toContain(ELSEWHERE);
  expect(phone.cookie).toBe('');
});

test('a login page that comes late does not take away the cookie of a login since', async () => {
  const [here, phone] = [await loggedIn(), await loggedIn()];
  await here.post('/account/sessions/end-others', {});
  const late = new Browser(stack.url);
  late.cookie = phone.cookie;
  await phone.logIn();
  const page = await late.get('/login');
  expect(page.headers.getSetCookie()).toEqual([]);
  expect(await page.text()).not.toContain(ELSEWHERE);
});

async function commands(): Promise<number> {
  const stats = await redis.info('stats');
  return Number(/total_commands_processed:(\d+)/.exec(stats)?.[1]);
}
