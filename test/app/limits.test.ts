import { Client } from 'pg';
import { TOTP } from 'otpauth';

import { tokenIn } from '../../dev/mailbox.js';
import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD } from '../counter/pages.js';
import { METRICS_ON, MetricsPage } from './metrics-page.js';

const PASSWORD = 'a sentence of a few words';
const OTHER = 'a swim across the lake';
/** For one account: by one client within 15 minutes, and by all that are not known within a day. */
const TRIES = 20;
const TRIES_A_DAY = 100;
const TRIES_PER_ADDRESS = 100;
const MAILS_PER_RECIPIENT = 5;
const STRENGTH_PER_MINUTE = 120;
const WORKERS = 4;

let stack: Stack;
let postgres: Client;
beforeAll(async () => {
  const settings = new SettingsFile(PATIENCE, {
    // The tests say where they come from, as a proxy does.
    server: { trust_proxy: ['127.0.0.1'] },
    auth: {
      // It is about how many passwords are checked, and not about what one costs.
      argon2: { memory_kib: 1_024, iterations: 1, waiting: 1_000 },
      limits: { tries_per_address: TRIES_PER_ADDRESS, mails_per_address: 30 },
    },
  });
  stack = await startStack({ ...METRICS_ON, WORKERS: `${WORKERS}` }, { settings });
  postgres = new Client(stack.postgres.url);
  await postgres.connect();
});
afterAll(async () => {
  await postgres.end();
  await stack.stop();
});
beforeEach(async () => {
  await postgres.query('DELETE FROM rate_limits');
});

let networks = 0;
/** An address that nobody has come from yet. */
const newAddress = () => `198.51.${100 + Math.floor(++networks / 250)}.${networks % 250}`;

async function logIn(
  email: string,
  password: string,
  { from = newAddress(), device = '' } = {},
): Promise<Response> {
  const headers = { 'x-forwarded-for': from, ...(device && { cookie: device }) };
  return new Browser(stack.url).post('/login', { email, password }, headers);
}

const countOf = (answers: readonly Response[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

async function guess(email: string, times: number, from?: string): Promise<Response[]> {
  const tries = Array.from({ length: times }, async () =>
    logIn(email, 'not the password', from ? { from } : {}),
  );
  return Promise.all(tries);
}

/** How many passwords argon2 has been asked about. */
const checked = async () => (await MetricsPage.of(stack.app)).sum('password_work_seconds_count');

/** Makes an account, with the cookie of the device that has done so. */
async function signUp(email: string): Promise<{ browser: Browser; device: string }> {
  const browser = new Browser(stack.url);
  const response = await browser.signUp(stack.mailbox, { email, password: PASSWORD });
  const cookie = response.headers.getSetCookie().find((each) => each.startsWith('device='));
  return { browser, device: cookie?.split(';')[0] ?? '' };
}

/** Guesses the password of an account as often as one client may, and once more. */
async function useUp(email: string, from = newAddress()): Promise<string> {
  const answers = await guess(email, TRIES + 1, from);
  expect(countOf(answers, 401)).toBe(TRIES);
  return from;
}

/** Guesses the password of an account as often as all together may within a day. */
async function useUpTheDay(email: string): Promise<void> {
  const answers = await guess(email, TRIES_A_DAY + 1);
  expect(countOf(answers, 401)).toBe(TRIES_A_DAY);
}

async function resetPassword(email: string): Promise<void> {
  await new Browser(stack.url).post('/forgotten', { email });
  const token = tokenIn(await stack.mailbox.mailTo(email, 'Choose a new password'));
  const answer = await new Browser(stack.url).post('/reset', { token, password: OTHER });
  expect(answer.status).toBe(303);
}

test('of 1,000 tries at once on one account, from everywhere, exactly as many are checked as may be', async () => {
  const before = await checked();
  const answers = await guess('ada@example.com', 1_000);
  expect(countOf(answers, 401)).toBe(TRIES_A_DAY);
  expect(countOf(answers, 429)).toBe(1_000 - TRIES_A_DAY);
  expect((await checked()) - before).toBe(TRIES_A_DAY);
});

test('of 100 tries at once by one client on one account exactly as many are checked as may be', async () => {
  const before = await checked();
  const answers = await guess('ada@example.com', 100, newAddress());
  expect(countOf(answers, 401)).toBe(TRIES);
  expect(countOf(answers, 429)).toBe(100 - TRIES);
  expect((await checked()) - before).toBe(TRIES);
});

test('past the limit the right password is not looked at, and it is said how long that lasts', async () => {
  const from = await useUp('ada@example.com');
  const refused = await logIn('ada@example.com', 'a walk along the river', { from });
  expect(refused.status).toBe(429);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(890);
  expect(wait).toBeLessThanOrEqual(900);
  expect(await refused.text()).toContain('tried again in');
  // More tries do not make it longer.
  const [later] = await guess('ada@example.com', 1, from);
  expect(Number(later?.headers.get('retry-after'))).toBeLessThanOrEqual(wait);
  const other = await logIn('grace@example.com', 'a walk along the river', { from });
  expect(other.status).toBe(303);
});

test('the page that refuses a login names the way in that is left', async () => {
  const from = await useUp('ada@example.com');
  const page = await (await logIn('ada@example.com', 'wrong', { from })).text();
  expect(page).toContain('choose a new password by e-mail');
  expect(page).toContain('href="/forgotten"');
});

test('an address without an account is limited alike, and so are capitals', async () => {
  for (const email of ['nobody@example.com', 'grace@example.com']) {
    const from = newAddress();
    const answers = [
      ...(await guess(email, TRIES / 2, from)),
      ...(await guess(email.toUpperCase(), TRIES / 2 + 5, from)),
      ...(await guess(email, TRIES_A_DAY)),
    ];
    expect(countOf(answers, 401)).toBe(TRIES_A_DAY);
    expect(countOf(answers, 429)).toBe(TRIES + 5);
  }
});

test('strangers who use up their tries keep nobody out who comes from elsewhere', async () => {
  await useUp('ada@example.com');
  expect((await logIn('ada@example.com', 'a walk along the river')).status).toBe(303);
});

test('a device that the user has logged in with has tries of its own', async () => {
  const { device } = await signUp('known@example.com');
  const from = await useUp('known@example.com');
  expect((await logIn('known@example.com', PASSWORD, { from })).status).toBe(429);
  expect((await logIn('known@example.com', PASSWORD, { from, device })).status).toBe(303);
  // It is no more than that: it has as many, and helps with nobody else's account.
  for (let i = 0; i < TRIES; i++) await logIn('known@example.com', 'wrong', { device });
  expect((await logIn('known@example.com', PASSWORD, { device })).status).toBe(429);
  await useUpTheDay('grace@example.com');
  expect((await logIn('grace@example.com', 'a walk along the river', { device })).status).toBe(429);
});

test('strangers who use up the day keep no device out that the user has logged in with', async () => {
  const { device } = await signUp('day@example.com');
  await useUpTheDay('day@example.com');
  expect((await logIn('day@example.com', PASSWORD)).status).toBe(429);
  expect((await logIn('day@example.com', PASSWORD, { device })).status).toBe(303);
});

test('with a new password by mail the owner gets in at once, from wherever', async () => {
  await signUp('reset@example.com');
  const from = await useUp('reset@example.com');
  await guess('reset@example.com', TRIES_A_DAY);
  expect((await logIn('reset@example.com', PASSWORD)).status).toBe(429);
  await resetPassword('reset@example.com');
  expect((await logIn('reset@example.com', OTHER, { from })).status).toBe(303);
  expect((await logIn('reset@example.com', OTHER)).status).toBe(303);
});

test('the right password makes up for the wrong ones before', async () => {
  const from = newAddress();
  for (let round = 0; round < 2; round++) {
    await guess('ada@example.com', TRIES - 1, from);
    await guess('ada@example.com', TRIES_A_DAY / 2);
    expect((await logIn('ada@example.com', 'a walk along the river', { from })).status).toBe(303);
  }
});

test('in a day no more are tried than in a row may be', async () => {
  let tried = 0;
  const from = newAddress();
  for (let quarter = 0; quarter < 6; quarter++) {
    await postgres.query("UPDATE rate_limits SET expire = 0 WHERE key NOT LIKE 'account-day%'");
    tried += countOf(await guess('ada@example.com', TRIES, from), 401);
  }
  expect(tried).toBe(TRIES_A_DAY);
});

test('one address that tries many accounts is stopped, and others are not', async () => {
  const from = newAddress();
  const spray = Array.from({ length: 150 }, async (_, i) =>
    logIn(`user-${i}@example.com`, 'Password123456!', { from }),
  );
  const answers = await Promise.all(spray);
  expect(countOf(answers, 401)).toBe(TRIES_PER_ADDRESS);
  expect(countOf(answers, 429)).toBe(50);
  expect((await logIn('ada@example.com', 'a walk along the river', { from })).status).toBe(429);
  expect((await logIn('ada@example.com', 'a walk along the river')).status).toBe(303);
});

test('an address past its limit takes no turn of others, and costs no query', async () => {
  const from = newAddress();
  const spray = async (times: number) =>
    Promise.all(
      Array.from({ length: times }, async (_, i) =>
        logIn(`user-${i}@example.com`, 'Password123456!', { from }),
      ),
    );
  // So many that each worker has refused it once.
  await spray(TRIES_PER_ADDRESS + 100);
  const turns = async () => (await MetricsPage.of(stack.app)).sum('login_wait_seconds_count');
  const queries = () =>
    stack.postgres.statements().filter((one) => /"users"|"rate_limits"/.test(one)).length;
  const [turnsBefore, queriesBefore] = [await turns(), queries()];
  expect(countOf(await spray(200), 429)).toBe(200);
  // Each worker asks again after a while.
  expect((await turns()) - turnsBefore).toBeLessThan(10 * WORKERS);
  expect(queries() - queriesBefore).toBeLessThan(10 * WORKERS);
});

test('all addresses of an IPv6 network count as one', async () => {
  const spray = Array.from({ length: 120 }, async (_, i) =>
    logIn(`user-${i}@example.com`, 'Password123456!', { from: `2001:db8:7:7::${i.toString(16)}` }),
  );
  expect(countOf(await Promise.all(spray), 401)).toBe(TRIES_PER_ADDRESS);
  const other = await logIn('nobody@example.com', 'wrong', { from: '2001:db8:7:8::1' });
  expect(other.status).toBe(401);
});

test('the password before a sensitive change is limited, too, and nobody else can use that up', async () => {
  const { browser } = await signUp('changes@example.com');
  await useUpTheDay('changes@example.com');
  const again = async (password: string) => browser.post('/login/again', { password });
  const answers = await Promise.all(
    Array.from({ length: TRIES - 1 }, async () => again('not the password')),
  );
  expect(countOf(answers, 401)).toBe(TRIES - 1);
  expect((await again(PASSWORD)).status).toBe(303);
  for (let i = 0; i < TRIES; i++) {
    await browser.post('/account/password', {
      current: 'wrong',
      password: 'another one, and good',
    });
  }
  expect((await again(PASSWORD)).status).toBe(429);
});

test('what one session uses up of the password before a change, another one has', async () => {
  const { browser: here } = await signUp('sessions@example.com');
  const there = new Browser(stack.url);
  expect((await there.logIn('sessions@example.com', PASSWORD)).status).toBe(303);
  const change = async (browser: Browser, current: string) =>
    browser.post('/account/password', { current, password: OTHER });
  for (let i = 0; i < TRIES; i++) expect((await change(there, 'wrong')).status).toBe(401);
  expect((await change(there, PASSWORD)).status).toBe(429);
  expect((await change(here, PASSWORD)).status).toBe(303);
});

/** An account with a second factor, and the device that it was made with. */
async function signUpWithCodes(email: string) {
  const { browser, device } = await signUp(email);
  await browser.post('/account/second-factor/begin', {});
  const setup = await browser.json<{ secret: string }>('/account/second-factor/setup');
  const app = new TOTP({ secret: setup.secret.replaceAll(' ', '') });
  const headers = { accept: 'application/json' };
  const answer = await browser.post(
    '/account/second-factor/setup',
    { code: app.generate() },
    headers,
  );
  const { codes } = (await answer.json()) as { codes: string[] };
  /** The code that the app shows, good once more. */
  const code = async () => {
    await postgres.query('UPDATE second_factors SET last_step = 0');
    return app.generate();
  };
  return { email, device, code, recoveryCodes: codes };
}

/** Logs in with the right password and a code; resolves to the answer to the code. */
async function logInWithCode(
  email: string,
  code: string,
  { from = newAddress(), device = '' } = {},
): Promise<Response> {
  const browser = new Browser(stack.url);
  const headers = { 'x-forwarded-for': from, ...(device && { cookie: device }) };
  const first = await browser.post('/login', { email, password: PASSWORD }, headers);
  expect(first.headers.get('location')).toBe('/login/code');
  const cookie = [browser.cookie, device].filter(Boolean).join('; ');
  return new Browser(stack.url).post('/login/code', { code }, { 'x-forwarded-for': from, cookie });
}

/** Tries wrong codes at once; says how many were looked at. */
async function guessCodes(email: string, times: number, from?: string): Promise<number> {
  const guesses = Array.from({ length: times }, async () =>
    logInWithCode(email, '000000', from ? { from } : {}),
  );
  const answers = await Promise.all(guesses);
  expect(countOf(answers, 401) + countOf(answers, 429)).toBe(times);
  return countOf(answers, 401);
}

test('codes of the second step are limited past all passwords between them', async () => {
  const { email, device, code } = await signUpWithCodes('codes@example.com');
  const thief = newAddress();
  expect(await guessCodes(email, TRIES + 5, thief)).toBe(TRIES);
  // The thief has used up no tries but those of the thief's network.
  expect((await logInWithCode(email, await code())).status).toBe(303);
  const known = { from: thief, device };
  expect((await logInWithCode(email, await code(), known)).status).toBe(303);
  // A known device has as many and no more.
  for (let i = 0; i < TRIES; i++) {
    expect((await logInWithCode(email, '000000', { device })).status).toBe(401);
  }
  expect((await logInWithCode(email, await code(), { device })).status).toBe(429);
});

test('a recovery code gets the owner in when others have used up all codes of the day', async () => {
  const owner = await signUpWithCodes('recovery@example.com');
  expect(await guessCodes(owner.email, TRIES_A_DAY + 5)).toBe(TRIES_A_DAY);
  const refused = await logInWithCode(owner.email, await owner.code());
  expect(refused.status).toBe(429);
  expect(await refused.text()).toContain('a recovery code is accepted');
  const known = { device: owner.device };
  expect((await logInWithCode(owner.email, await owner.code(), known)).status).toBe(303);
  expect((await logInWithCode(owner.email, await owner.code())).status).toBe(429);
  const [recoveryCode = ''] = owner.recoveryCodes;
  expect((await logInWithCode(owner.email, recoveryCode)).status).toBe(303);
  // It makes up for what the others have used up.
  expect((await logInWithCode(owner.email, await owner.code())).status).toBe(303);
});

test('one address can’t ask for mails without end', async () => {
  const headers = { 'x-forwarded-for': newAddress() };
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const path = i % 2 === 0 ? '/signup' : '/forgotten';
      return new Browser(stack.url).post(path, { email: `mails-${i}@example.com` }, headers);
    }),
  );
  expect(countOf(answers, 303)).toBe(30);
  expect(countOf(answers, 429)).toBe(10);
});

test.each(['mailbox@example.com', 'ada@example.com'])(
  'many who ask for mails to %s send it few, and get the same answer',
  async (email) => {
    const before = stack.mailbox.mailsTo(email).length;
    for (const path of ['/signup', '/forgotten']) {
      const answers = await Promise.all(
        Array.from({ length: 30 }, async (_, i) => {
          const headers = { 'x-forwarded-for': newAddress() };
          const form = { email: i % 2 === 0 ? email : email.toUpperCase() };
          const answer = await new Browser(stack.url).post(path, form, headers);
          return `${answer.status} ${answer.headers.get('location')} ${await answer.text()}`;
        }),
      );
      expect(new Set(answers)).toEqual(new Set([`303 ${path}/sent `]));
    }
    const { browser } = await signUp(`changes-to-${email}`);
    for (let i = 0; i < 2; i++) {
      expect((await browser.post('/account/email', { email })).status).toBe(303);
    }
    expect(stack.mailbox.mailsTo(email)).toHaveLength(before + MAILS_PER_RECIPIENT);
    const events = stack.app.output().split('\n');
    expect(events.some((line) => line.includes('"detail":"recipient"'))).toBe(true);
  },
);

test('one address can’t ask how good passwords are without end', async () => {
  const ask = async (from: string) =>
    new Browser(stack.url).post(
      '/password/strength',
      { password: 'short' },
      { 'x-forwarded-for': from },
    );
  const from = newAddress();
  const answers = await Promise.all(Array.from({ length: 600 }, async () => ask(from)));
  expect(countOf(answers, 429)).toBeGreaterThanOrEqual(600 - WORKERS * STRENGTH_PER_MINUTE);
  expect(countOf(answers, 200) + countOf(answers, 429)).toBe(600);
  expect((await ask(newAddress())).status).toBe(200);
});

test('no address, of whatever kind, stands in the table', async () => {
  await logIn('ada@example.com', 'wrong', { from: '198.51.100.77' });
  await new Browser(stack.url).post('/forgotten', { email: 'ada@example.com' });
  const { rows } = await postgres.query('SELECT * FROM rate_limits');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/ada|198\.51/);
  for (const { expire } of rows as { expire: string | null }[]) expect(expire).not.toBeNull();
});

test('one address can’t begin sessions as a guest without end, and who has one goes on', async () => {
  const headers = { 'x-forwarded-for': newAddress() };
  const add = async (browser: Browser, from = headers) => browser.post(...ADD, from);
  const guest = new Browser(stack.url);
  expect((await add(guest)).status).toBe(303);
  await postgres.query("UPDATE rate_limits SET points = 1000 WHERE key LIKE 'guests%'");
  const next = new Browser(stack.url);
  expect((await add(next)).status).toBe(429);
  expect(next.cookie).toBe('');
  expect((await add(guest)).status).toBe(303);
  expect((await add(next, { 'x-forwarded-for': newAddress() })).status).toBe(303);
});
