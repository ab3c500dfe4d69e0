import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';
import { TOTP } from 'otpauth';
import { Client } from 'pg';

import { tokenIn } from '../../dev/mailbox.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { recoveryCodeHash } from '../../src/second-factor/recovery-codes.js';
import { Browser } from './browser.js';
import { ADD, PAGE } from '../counter/pages.js';
import { wrongFields } from './raw-body.js';
import { clocksOf, keyOf } from './session-in-redis.js';

const PASSWORD = 'a sentence of a few words';

let stack: RedisStack;
let postgres: Client;
let redis: Redis;
beforeAll(async () => {
  stack = await startStack();
  redis = new Redis(stack.redis.url);
  postgres = new Client(stack.postgres.url);
  await postgres.connect();
});
afterAll(async () => {
  await postgres.end();
  redis.disconnect();
  await stack.stop();
});

let email: string;
let here: Browser;
let secret: string;
let recoveryCodes: string[];
let accounts = 0;

/** Somebody with a second factor, who is logged in. */
beforeEach(async () => {
  email = `joan-${++accounts}@example.com`;
  here = newBrowser();
  await here.signUp(stack.mailbox, { email, password: PASSWORD });
  secret = await begin(here);
  const { codes } = (await (await confirm(here)).json()) as { codes: string[] };
  recoveryCodes = codes;
});

const JSON_TYPE = { accept: 'application/json' };
const newBrowser = () => new Browser(stack.url);

async function begin(browser: Browser): Promise<string> {
  await browser.post('/account/second-factor/begin', {});
  const page = await browser.json<{ secret: string }>('/account/second-factor/setup');
  return page.secret.replaceAll(' ', '');
}

const confirm = async (browser: Browser, code = codeAt(0)) =>
  browser.post('/account/second-factor/setup', { code }, JSON_TYPE);

/** The code that the app shows so many steps of 30 seconds from now. */
function codeAt(steps: number): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
}

/** As if half a minute had passed since the last code. */
async function nextCode(): Promise<string> {
  await postgres.query('UPDATE second_factors SET last_step = 0');
  return codeAt(0);
}

async function halfWay(next = ''): Promise<Browser> {
  const browser = newBrowser();
  const response = await browser.post('/login', { email, password: PASSWORD, next });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(
    next ? `/login/code?next=${encodeURIComponent(next)}` : '/login/code',
  );
  return browser;
}

const enter = async (browser: Browser, code: string, next = '/account') =>
  browser.post('/login/code', { code, next });

async function loggedIn(): Promise<Browser> {
  const browser = await halfWay();
  expect((await enter(browser, await nextCode())).status).toBe(303);
  return browser;
}

test('a login takes the password and a code, and what was kept before comes along', async () => {
  const browser = newBrowser();
  await browser.post(...ADD);
  const ids = [browser.id];
  await browser.post('/login', { email, password: PASSWORD });
  ids.push(browser.id);
  const response = await enter(browser, await nextCode());
  ids.push(browser.id);
  expect(response.headers.get('location')).toBe('/account');
  expect(await browser.json(PAGE)).toMatchObject({ count: 1 });
  expect(new Set(ids).size).toBe(3);
});

test('the password alone opens nothing, and is no login to be seen', async () => {
  const browser = await halfWay();
  for (const path of ['/account', '/account/sessions', '/login/again']) {
    expect((await browser.get(path)).headers.get('location')).toMatch(/^\/login\?/);
  }
  expect(await (await browser.get('/')).text()).not.toContain('Log out');
  const { devices } = await here.json<{ devices: unknown[] }>('/account/sessions');
  expect(devices).toHaveLength(1);
});

test('what can be no code is told so, and uses up no try', async () => {
  const browser = await halfWay();
  const recoveryCode = recoveryCodes[0]!;
  const typed = ['', '12345', '1234567', 'abcdef', '-1', '__proto__', 'x'.repeat(1_000)];
  for (const code of [...typed, recoveryCode.slice(0, -1), `${recoveryCode}A`]) {
    const response = await enter(browser, code);
    expect([code, response.status]).toEqual([code, 422]);
    const page = await response.text();
    expect(page).toContain('Please enter the 6 digits');
    expect(page).toContain('aria-describedby="code-error"');
  }
  expect(await browser.isIn()).toBe(false);
  expect((await enter(browser, await nextCode())).status).toBe(303);
});

test('a code that is far too long is no code, whatever is in it', async () => {
  const browser = await halfWay();
  const code = await nextCode();
  const padded = `${code}${' '.repeat(60_000)}`;
  expect((await enter(browser, padded)).status).toBe(422);
  expect((await enter(browser, code)).status).toBe(303);

  await here.post('/account/second-factor/remove', {});
  secret = await begin(here);
  const refused = await here.post('/account/second-factor/setup', {
    code: `${codeAt(0)}${' '.repeat(60_000)}`,
  });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('Please enter the 6 digits');
});

test('a code is taken as people paste it', async () => {
  const fullWidth = (digit: string) => String.fromCodePoint(0xff10 + Number(digit));
  for (const typedAs of [
    (code: string) => `\u00A0${code.slice(0, 3)}\u2009\u2013${code.slice(3)}\u200B`,
    (code: string) => code.replaceAll(/\d/g, fullWidth),
  ]) {
    const browser = await halfWay();
    expect((await enter(browser, typedAs(await nextCode()))).status).toBe(303);
  }
});

test('a code of half a minute ago or ahead is taken, an older or later one is not', async () => {
  for (const [steps, status] of [
    [-3, 401],
    [-1, 303],
    [1, 303],
    [3, 401],
  ] as const) {
    const browser = await halfWay();
    await nextCode();
    expect((await enter(browser, codeAt(steps))).status).toBe(status);
  }
});

test('a code is good once: not again, not for somebody who has seen it, and not twice at once', async () => {
  const code = await nextCode();
  const browsers = await Promise.all(Array.from({ length: 8 }, async () => halfWay()));
  const answers = await Promise.all(browsers.map(async (browser) => enter(browser, code)));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect((await enter(await halfWay(), code)).status).toBe(401);
});

test('a recovery code is good once, however it is typed', async () => {
  expect(recoveryCodes).toHaveLength(10);
  const looksLike: Record<string, string> = { o: '0', i: '1', b: '8' };
  const typed = recoveryCodes[0]!
    .toLowerCase()
    .replaceAll(' ', '\u2011')
    .replaceAll(/[oib]/g, (letter) => looksLike[letter]!);
  const browsers = await Promise.all(Array.from({ length: 4 }, async () => halfWay()));
  const answers = await Promise.all(browsers.map(async (browser) => enter(browser, typed)));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(await here.json('/account/second-factor')).toMatchObject({ codesLeft: 9 });
});

test('neither codes nor the half-way state can be had from what is stored', async () => {
  const { rows } = await postgres.query('SELECT * FROM recovery_codes');
  const stored = JSON.stringify(rows);
  for (const code of recoveryCodes) expect(stored).not.toContain(code.replaceAll(' ', ''));
});

test('after five wrong codes it takes the password again, also when they come at once', async () => {
  const browser = await halfWay();
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => enter(browser, '000000')),
  );
  expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5);
  expect(await beginsAgain(browser, await enter(browser, await nextCode()))).toBe(true);
  expect(await browser.isIn()).toBe(false);
});

const warnings = () =>
  stack.mailbox.mailsTo(email).filter(({ subject }) => /wrong code/.test(subject));

test('of the right password with a wrong code the user hears, once an hour', async () => {
  for (let logins = 0; logins < 2; logins++) {
    const stranger = await halfWay();
    for (let tries = 0; tries < 3; tries++) await enter(stranger, '000000');
  }
  const { text } = await stack.mailbox.mailTo(email, 'wrong code');
  expect(text).toContain('/forgotten');
  await loggedIn();
  await stack.mailbox.mailTo(email, 'new device');
  expect(warnings()).toHaveLength(1);
});

test('at a device of the user’s own one mistyped code is no news, and three are', async () => {
  const login = await (await halfWay()).post('/login', { email, password: PASSWORD });
  const device = login.headers.getSetCookie().find((cookie) => cookie.startsWith('device='))!;
  const own = newBrowser();
  const again = async (): Promise<void> => {
    own.cookie = device;
    await own.post('/login', { email, password: PASSWORD });
    own.cookie += `; ${device}`;
  };
  await again();
  expect((await enter(own, await nextCode())).status).toBe(303);
  await again();
  await enter(own, '000000');
  expect((await enter(own, await nextCode())).status).toBe(303);
  await stack.mailbox.mailTo(email, 'new device');
  expect(warnings()).toEqual([]);
  await again();
  for (let tries = 0; tries < 3; tries++) await enter(own, '000000');
  await stack.mailbox.mailTo(email, 'wrong code');
});

/** Whether an answer leads to the login page, and that says why: once, and not because a link says so. */
async function beginsAgain(browser: Browser, answer: Response): Promise<boolean> {
  const login = '/login?next=%2Faccount';
  expect(answer.headers.get('location')).toBe(login);
  const [page, again] = [await browser.get(login), await browser.get(login)];
  expect(await again.text()).not.toContain(TOO_LATE);
  return (await page.text()).includes(TOO_LATE);
}

const TOO_LATE = 'That took too long, or too many tries. Please begin again.';

test('who is not half-way is sent to the login, and told so who has sent a code', async () => {
  const browser = newBrowser();
  expect(await beginsAgain(browser, await browser.get('/login/code?next=/account'))).toBe(false);
  expect(browser.cookie).toBe('');
  expect(await beginsAgain(browser, await enter(browser, await nextCode()))).toBe(true);
});

test('who is half-way may begin again as somebody else, and is in nowhere', async () => {
  const browser = await halfWay();
  expect((await browser.get('/login')).status).toBe(200);
  expect((await browser.get('/signup')).status).toBe(200);
  expect((await browser.logIn()).headers.get('location')).toBe('/');
  expect(await browser.json('/account')).toMatchObject({ email: 'ada@example.com' });
});

test('who is in already goes on from the page for the code', async () => {
  const page = await here.get('/login/code?next=/account');
  expect(page.headers.get('location')).toBe('/account');
  await here.post('/login/again', { password: PASSWORD });
  expect((await here.get('/login/code')).status).toBe(200);
  await redis.del(keyOf(here));
  expect((await here.get('/login/code')).headers.get('location')).toBe('/login');
});

test('“keep me logged in” waits for the code, and stays through a login again', async () => {
  const browser = newBrowser();
  await browser.post('/login', { email, password: PASSWORD, keepLoggedIn: 'on' });
  expect(browser.maxAge).toBeNull();
  await enter(browser, await nextCode());
  expect(browser.maxAge).toBeGreaterThan(30 * 86_400 - 60);
  await browser.post('/login/again', { password: PASSWORD });
  await enter(browser, await nextCode());
  expect(browser.maxAge).toBeGreaterThan(30 * 86_400 - 60);
});

test('a code that is sent again by who is in by now goes on as the first did', async () => {
  const browser = await halfWay();
  const code = await nextCode();
  for (let i = 0; i < 2; i++) {
    expect((await enter(browser, code)).headers.get('location')).toBe('/account');
  }
  expect(await browser.isIn()).toBe(true);
});

test('a sign-up that is sent again takes a code where there is a second step by now', async () => {
  const token = tokenIn(await stack.mailbox.mailTo(email, 'Make your account'));
  const browser = newBrowser();
  const form = { token, name: 'Joan', password: PASSWORD, next: '/account' };
  const again = await browser.post('/signup/finish', form);
  expect(again.headers.get('location')).toBe('/login/code?next=%2Faccount');
  expect(await browser.isIn()).toBe(false);
  expect((await enter(browser, await nextCode())).headers.get('location')).toBe('/account');
});

test('a password that was changed meanwhile ends the login half-way', async () => {
  const browser = await halfWay();
  const change = { current: PASSWORD, password: 'another one, and no better' };
  expect((await here.post('/account/password', change)).status).toBe(303);
  expect(await beginsAgain(browser, await enter(browser, await nextCode()))).toBe(true);
  expect(await browser.isIn()).toBe(false);
});

test('switching it on or off ends the other sessions, and says so there and by mail', async () => {
  const phone = await loggedIn();
  expect((await here.post('/account/second-factor/remove', {})).status).toBe(303);
  expect(await (await here.get('/account/second-factor')).text()).toContain(
    'has been switched off.',
  );
  expect(await phone.endReason()).toBe('second-factor');
  expect(await here.isIn()).toBe(true);
  const tablet = newBrowser();
  expect((await tablet.logIn(email, PASSWORD)).headers.get('location')).toBe('/');
  const news = () =>
    stack.mailbox.mailsTo(email).filter(({ subject }) => subject.includes('second step'));
  while (news().length < 2) await pause(10);
  expect(news()).toHaveLength(2);

  secret = await begin(here);
  const on = await here.post('/account/second-factor/setup', { code: codeAt(0) });
  expect(await on.text()).toContain('has been switched on.');
  expect(await tablet.isIn()).toBe(false);
});

test('a wrong code does not switch it on, and changes nothing', async () => {
  await here.post('/account/second-factor/remove', {});
  const phone = newBrowser();
  await phone.logIn(email, PASSWORD);
  secret = await begin(here);
  for (const [code, mistake] of [
    ['000000', 'This is not the code.'],
    ['12345', 'Please enter the 6 digits'],
    [recoveryCodes[0]!, 'Please enter the 6 digits'],
  ] as const) {
    const wrong = await here.post('/account/second-factor/setup', { code });
    expect(wrong.status).toBe(422);
    const page = await wrong.text();
    expect(page).toContain('<svg');
    expect(page).toContain('inputmode="numeric"');
    expect(page).toContain(mistake);
  }
  for (const browser of [here, phone]) expect(await browser.isIn()).toBe(true);
  expect((await confirm(here, `${codeAt(0).slice(0, 3)}\u00A0-${codeAt(0).slice(3)}`)).status).toBe(
    200,
  );
  expect(await phone.isIn()).toBe(false);
});

test('one that is on can’t be replaced by beginning anew', async () => {
  await here.post('/account/second-factor/begin', {});
  expect(await here.json('/account/second-factor/setup')).not.toHaveProperty('secret');
  expect((await enter(await halfWay(), await nextCode())).status).toBe(303);
});

const SETUP = '/account/second-factor/setup';
const CODES = '/account/second-factor/codes';

/** The seed in the form of a page as it is opened now. */
async function seedOn(path = '/account/second-factor'): Promise<string> {
  const { seed } = await here.json<{ seed?: string }>(path);
  return seed ?? 'none';
}

async function codesOf(answer: Response): Promise<string[]> {
  expect(answer.status).toBe(200);
  const { codes } = (await answer.json()) as { codes: string[] };
  expect(new Set(codes).size).toBe(10);
  return codes;
}

test('the form that makes recovery codes shows the same ones when it is sent again, and voids none', async () => {
  const seed = await seedOn();
  const codes = await codesOf(await here.post(CODES, { seed }, JSON_TYPE));
  expect(codes).not.toEqual(recoveryCodes);
  expect((await enter(await halfWay(), codes[0]!)).status).toBe(303);
  const again = Array.from({ length: 3 }, async () => here.post(CODES, { seed }, JSON_TYPE));
  for (const answer of await Promise.all(again)) expect(await codesOf(answer)).toEqual(codes);
  expect(await here.json('/account/second-factor')).toMatchObject({ codesLeft: 9 });
  expect((await enter(await halfWay(), codes[0]!)).status).toBe(401);
  expect((await enter(await halfWay(), codes[1]!)).status).toBe(303);
});

test('a page that is opened anew makes other recovery codes', async () => {
  const seeds = [await seedOn(), await seedOn()];
  expect(new Set(seeds).size).toBe(2);
  const [first, second] = [
    await codesOf(await here.post(CODES, { seed: seeds[0]! }, JSON_TYPE)),
    await codesOf(await here.post(CODES, { seed: seeds[1]! }, JSON_TYPE)),
  ];
  expect(first.filter((code) => second.includes(code))).toEqual([]);
  expect((await enter(await halfWay(), first[0]!)).status).toBe(401);

  // The page of the first is loaded again.
  const late = await here.post(CODES, { seed: seeds[0]! });
  expect(late.status).toBe(409);
  expect(await late.text()).toContain('There are newer recovery codes');
  expect((await enter(await halfWay(), second[0]!)).status).toBe(303);
});

test('recovery codes that are asked for without a seed are others each time', async () => {
  const first = await codesOf(await here.post(CODES, {}, JSON_TYPE));
  const second = await codesOf(await here.post(CODES, {}, JSON_TYPE));
  expect(first.filter((code) => second.includes(code))).toEqual([]);
});

test('a seed makes no recovery codes a second time', async () => {
  const seed = await seedOn();
  const codes = await codesOf(await here.post(CODES, { seed }, JSON_TYPE));
  await here.post('/account/second-factor/remove', {});
  secret = await begin(here);
  const others = await codesOf(await here.post(SETUP, { code: codeAt(0), seed }, JSON_TYPE));
  expect(codes.filter((code) => others.includes(code))).toEqual([]);
});

test('of recovery codes that are made at once those of one form are kept', async () => {
  const seeds = await Promise.all(Array.from({ length: 8 }, async () => seedOn()));
  const answers = await Promise.all(
    seeds.map(async (seed) => codesOf(await here.post(CODES, { seed }, JSON_TYPE))),
  );
  const { rows } = await postgres.query<{ hash: string; id: string }>(
    'SELECT hash, id FROM recovery_codes JOIN users ON id = user_id WHERE email = $1',
    [email],
  );
  const kept = rows.map(({ hash }) => hash).toSorted();
  const made = answers.map((codes) =>
    codes.map((code) => recoveryCodeHash(rows[0]!.id, code.replaceAll(' ', ''))).toSorted(),
  );
  expect(made).toContainEqual(kept);
});

test('the form that switches it on shows the same codes when it is sent again, and changes nothing', async () => {
  await here.post('/account/second-factor/remove', {});
  secret = await begin(here);
  const form = { code: codeAt(0), seed: await seedOn(SETUP) };
  const codes = await codesOf(await here.post(SETUP, form, JSON_TYPE));
  const phone = await loggedIn();
  const before = here.cookie;
  const page = await here.post(SETUP, form);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain(codes[9]);
  expect(await codesOf(await here.post(SETUP, form, JSON_TYPE))).toEqual(codes);
  expect(here.cookie).toBe(before);
  expect(await phone.isIn()).toBe(true);
  const news = ({ subject }: { subject: string }) => subject.includes('second step');
  while (stack.mailbox.mailsTo(email).filter(news).length < 3) await pause(10);
  expect(stack.mailbox.mailsTo(email).filter(news)).toHaveLength(3);
  expect((await enter(await halfWay(), codes[0]!)).status).toBe(303);
});

test('who switches it on in a second tab is told that it is on', async () => {
  const answer = await here.post(SETUP, { code: codeAt(0) });
  expect(answer.status).toBe(409);
  const page = await answer.text();
  expect(page).toContain('The second step is on already');
  expect(page).toContain('href="/account/second-factor"');
  expect((await enter(await halfWay(), recoveryCodes[0]!)).status).toBe(303);
});

test('the form that begins it keeps its secret when it is sent again', async () => {
  await here.post('/account/second-factor/remove', {});
  const [seed, other] = [await seedOn(), await seedOn()];
  const secrets = [];
  for (const each of [seed, seed, other]) {
    await here.post('/account/second-factor/begin', { seed: each });
    secrets.push((await here.json<{ secret: string }>(SETUP)).secret);
  }
  expect(secrets[0]).toHaveLength(39);
  expect(secrets[1]).toBe(secrets[0]);
  expect(secrets[2]).not.toBe(secrets[0]);
});

test.each(['', 'none', 'a'.repeat(42), 'a'.repeat(8_000), `${'a'.repeat(42)}ü`])(
  'a seed that is none is refused, and named: %#',
  async (seed) => {
    for (const [path, form] of [
      [CODES, {}],
      [SETUP, { code: codeAt(0) }],
      ['/account/second-factor/begin', {}],
    ] as const) {
      const refused = await here.post(path, { ...form, seed }, JSON_TYPE);
      expect(refused.status).toBe(422);
      expect(await wrongFields(refused)).toEqual(['seed']);
    }
    expect((await enter(await halfWay(), recoveryCodes[0]!)).status).toBe(303);
  },
);

test('where there is no second step none is switched off, and no codes are made', async () => {
  await here.post('/account/second-factor/remove', {});
  const news = () =>
    stack.mailbox.mailsTo(email).filter(({ subject }) => subject.includes('second step'));
  while (news().length < 2) await pause(10);
  const phone = newBrowser();
  await phone.logIn(email, PASSWORD);
  const before = here.cookie;
  const again = await here.post('/account/second-factor/remove', {});
  expect(again.headers.get('location')).toBe('/account/second-factor');
  expect(here.cookie).toBe(before);
  for (const browser of [here, phone]) expect(await browser.isIn()).toBe(true);
  const refused = await here.post(CODES, {});
  expect(refused.status).toBe(409);
  expect(await refused.text()).toContain('The second step is off');
  expect(await here.json('/account/second-factor')).toMatchObject({ codesLeft: 0 });
  // A mail that came of it would be there before this one.
  await newBrowser().post('/forgotten', { email });
  await stack.mailbox.mailTo(email, 'Choose a new password');
  expect(news()).toHaveLength(2);
});

test('new recovery codes make the old ones worthless', async () => {
  const answer = await here.post('/account/second-factor/codes', {}, JSON_TYPE);
  const { codes } = (await answer.json()) as { codes: string[] };
  expect((await enter(await halfWay(), recoveryCodes[1]!)).status).toBe(401);
  expect((await enter(await halfWay(), codes[0]!)).status).toBe(303);
});

test('a new password by mail does not get past the second step', async () => {
  await newBrowser().post('/forgotten', { email });
  const token = tokenIn(await stack.mailbox.mailTo(email, 'Choose a new password'));
  const password = 'another one, and no better';
  expect((await newBrowser().post('/reset', { token, password })).status).toBe(303);
  const browser = newBrowser();
  const login = await browser.logIn(email, password);
  expect(login.headers.get('location')).toBe('/login/code');
  expect(await browser.isIn()).toBe(false);
});

test('a login from a device that was not used before is told by mail, and only that', async () => {
  const letters = () =>
    stack.mailbox.mailsTo(`plain-${email}`).filter(({ subject }) => subject.includes('new device'));
  const login = async (device: string) => {
    const browser = newBrowser();
    const user = { email: `plain-${email}`, password: PASSWORD };
    const headers = { 'user-agent': 'Support call 0800 123456/1.0 (X11; Linux x86_64)' };
    const response = await browser.post(
      '/login',
      user,
      device ? { ...headers, cookie: device } : headers,
    );
    expect(response.status).toBe(303);
    return response.headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith('device='))!
      .split(';')[0]!;
  };
  const first = newBrowser();
  await first.signUp(stack.mailbox, { email: `plain-${email}`, password: PASSWORD });
  expect(letters()).toHaveLength(0);
  const phone = await login('');
  const told = await stack.mailbox.mailTo(`plain-${email}`, 'new device');
  expect(told.text).toContain('http://app.example/account/sessions');
  // The user agent is a stranger's to write: no word of it may stand in a mail of ours.
  expect(told.text).toContain('before: An unknown browser on Linux, from the address');
  expect(await login(phone)).toBe(phone);
  expect(letters()).toHaveLength(1);
  await login('device=forged');
  while (letters().length < 2) await pause(10);
  const { rows } = await postgres.query('SELECT hash FROM known_devices');
  expect(JSON.stringify(rows)).not.toContain(phone.replace('device=', ''));
});

test('to switch it off is no new login, and its form may come twice', async () => {
  const login = await clocksOf(here, redis);
  const twin = newBrowser();
  twin.cookie = here.cookie;
  const answers = await Promise.all(
    [here, twin].map(async (browser) => browser.post('/account/second-factor/remove', {})),
  );
  for (const answer of answers) {
    expect(answer.headers.get('location')).toBe('/account/second-factor');
  }
  expect(twin.cookie).toBe(here.cookie);
  expect(await clocksOf(here, redis)).toEqual(login);
});

test('the password and the code may come twice at once, and what was kept is in each answer', async () => {
  const guest = newBrowser();
  await guest.post(...ADD);
  const twice = async (send: (browser: Browser) => Promise<Response>, location: string) => {
    const clicks = [newBrowser(), newBrowser()];
    for (const click of clicks) click.cookie = guest.cookie;
    for (const answer of await Promise.all(clicks.map(send))) {
      expect(answer.headers.get('location')).toBe(location);
    }
    expect(clicks[0]!.cookie).toBe(clicks[1]!.cookie);
    guest.cookie = clicks[0]!.cookie;
  };
  await twice(async (click) => click.post('/login', { email, password: PASSWORD }), '/login/code');
  const code = await nextCode();
  await twice(async (click) => enter(click, code), '/account');
  expect(await guest.json(PAGE)).toMatchObject({ count: 1 });
});

test('half-way into the account of somebody else nothing of the one before is left', async () => {
  const browser = newBrowser();
  await browser.logIn();
  await browser.post(...ADD);
  await browser.post('/login', { email, password: PASSWORD });
  expect(await browser.isIn()).toBe(false);
  await enter(browser, await nextCode());
  expect(await browser.json(PAGE)).toMatchObject({ count: 0 });
});
