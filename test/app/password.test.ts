import { Redis } from 'ioredis';

import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { clocksOf } from './session-in-redis.js';

const OLD = 'a walk along the river';
const NEW = 'a swim across the lake';
const CHANGED = 'because the password of your account was changed';

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

let email: string;
let accounts = 0;
beforeEach(async () => {
  email = `user-${++accounts}@example.com`;
  await new Browser(stack.url).signUp(stack.mailbox, { email, password: OLD });
});

async function loggedIn(password = OLD): Promise<Browser> {
  const browser = new Browser(stack.url);
  expect((await browser.logIn(email, password)).status).toBe(303);
  return browser;
}

const change = async (browser: Browser, current = OLD, password = NEW) =>
  browser.post('/account/password', { current, password });

test('a new password ends the other sessions, and gives this one a new id', async () => {
  const [here, phone] = [await loggedIn(), await loggedIn()];
  const before = here.cookie;
  const response = await change(here);
  expect(response.status).toBe(303);
  expect(here.cookie).not.toBe(before);
  expect(await (await here.get(response.headers.get('location')!)).text()).toContain(
    'Your password has been changed.',
  );

  const refused = await phone.get('/account');
  expect(refused.status).toBe(303);
  expect(await (await phone.get(refused.headers.get('location')!)).text()).toContain(CHANGED);
  expect((await new Browser(stack.url).logIn(email, OLD)).status).toBe(401);
  expect(await (await loggedIn(NEW)).isIn()).toBe(true);
});

test('a new password leaves it at what was chosen at the login: whether the browser keeps the session', async () => {
  const [kept, other] = [new Browser(stack.url), await loggedIn()];
  await kept.post('/login', { email, password: OLD, keepLoggedIn: 'on' });
  expect((await change(kept)).status).toBe(303);
  expect(kept.maxAge).toBeGreaterThan(30 * 86_400 - 60);
  await other.logIn(email, NEW);
  expect((await change(other, NEW, 'a run around the pond')).status).toBe(303);
  expect(other.maxAge).toBeNull();
});

test.each([
  ['the wrong current password', { current: 'a wrong one', password: NEW }, 401, 'current'],
  ['no current password', { current: '', password: NEW }, 422, 'current'],
  ['a short new one', { current: OLD, password: 'short' }, 422, 'password'],
])('%s changes nothing, and no password comes back', async (_, form, status, field) => {
  const [here, phone] = [await loggedIn(), await loggedIn()];
  const response = await here.post('/account/password', form);
  expect(response.status).toBe(status);
  const page = await response.text();
  expect(page).toContain(`id="${field}-error"`);
  for (const typed of Object.values(form)) if (typed) expect(page).not.toContain(typed);
  for (const each of [here, phone]) expect(await each.isIn()).toBe(true);
  await loggedIn(OLD);
});

test.each(['/account/password', '/login/again'])(
  'the form on %s says which account its password is of, also when it is refused',
  async (path) => {
    const here = await loggedIn();
    const page = await (await here.get(path)).text();
    const sent = { email, current: 'a wrong one', password: 'a wrong one' };
    const { current, ...again } = sent;
    const refused = await here.post(path, path === '/login/again' ? again : { ...again, current });
    expect(refused.status).toBeGreaterThan(400);
    for (const html of [page, await refused.text()]) {
      const [field = ''] = /<input[^>]*autocomplete="username"[^>]*>/.exec(html) ?? [];
      expect(field).toContain(`value="${email}"`);
      expect(field).toContain('readonly');
    }
  },
);

test('password managers find where a password is changed', async () => {
  for (const browser of [new Browser(stack.url), await loggedIn()]) {
    const response = await browser.get('/.well-known/change-password');
    expect([response.status, response.headers.get('location')]).toEqual([303, '/account/password']);
  }
  // A site that answers everything with 200 is asked for no form.
  const path = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200';
  expect((await new Browser(stack.url).get(path)).status).toBe(404);
});

test('while sessions can’t be ended the password stays what it was', async () => {
  const [here, phone] = [await loggedIn(), await loggedIn()];
  await redis.call('ACL', 'SETUSER', 'default', '-zrange');
  try {
    expect((await change(here)).status).toBe(503);
  } finally {
    await redis.call('ACL', 'SETUSER', 'default', '+zrange');
  }
  for (const each of [here, phone]) expect(await each.isIn()).toBe(true);
  await loggedIn(OLD);
  expect((await change(here)).status).toBe(303);
  expect(await phone.isIn()).toBe(false);
});

test('no login with the old password outlives the change, however close they come', async () => {
  let password = OLD;
  let closeOnes = 0;
  for (let round = 0; round < 10; round++) {
    const here = await loggedIn(password);
    const next = `${NEW}, round ${round}`;
    const browsers = Array.from({ length: 12 }, () => new Browser(stack.url));
    const logins = browsers.map(async (browser) => browser.logIn(email, password));
    expect((await change(here, password, next)).status).toBe(303);
    const answers = await Promise.all(logins);
    closeOnes += answers.filter(({ status }) => status === 303).length;
    for (const browser of browsers) expect(await browser.isIn()).toBe(false);
    expect(await here.isIn()).toBe(true);
    password = next;
  }
  // Else nothing was tried.
  expect(closeOnes).toBeGreaterThan(0);
});

test('of two changes at once one wins, and only its browser stays', async () => {
  const browsers = [await loggedIn(), await loggedIn()];
  const answers = await Promise.all(
    browsers.map(async (each, i) => change(each, OLD, `${NEW} ${i}`)),
  );
  const winner = answers.findIndex(({ status }) => status === 303);
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(await Promise.all(browsers.map(async (each) => each.isIn()))).toEqual([
    winner === 0,
    winner === 1,
  ]);
  expect(await (await loggedIn(`${NEW} ${winner}`)).isIn()).toBe(true);
});

test('a new password is no new login, and its form may come twice', async () => {
  const here = await loggedIn();
  const twin = new Browser(stack.url);
  twin.cookie = here.cookie;
  const login = await clocksOf(here, redis);
  const answers = await Promise.all([change(here), change(twin)]);
  for (const answer of answers) {
    expect(answer.headers.get('location')).toBe('/account');
  }
  expect(twin.cookie).toBe(here.cookie);
  expect(await clocksOf(here, redis)).toEqual(login);
});
