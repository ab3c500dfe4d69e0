import { Client } from 'pg';
import { TOTP } from 'otpauth';

import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';
import { METRICS_ON, MetricsPage } from './metrics-page.js';

const PASSWORD = 'a sentence of a few words';
const TRIES = 20;
const TRIES_PER_ADDRESS = 100;

let stack: Stack;
let postgres: Client;
beforeAll(async () => {
  const settings = new SettingsFile(PATIENCE, {
    // The tests say where they come from, as a proxy does.
    server: { trust_proxy: ['127.0.0.1'] },
    auth: {
      argon2: { waiting: 1_000 },
      limits: { tries_per_address: TRIES_PER_ADDRESS, mails_per_address: 30 },
    },
  });
  stack = await startStack({ ...METRICS_ON, WORKERS: '4' }, { settings });
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

test('of 1,000 tries at once on one account, from everywhere, exactly as many are checked as may be', async () => {
  const before = await checked();
  const answers = await guess('ada@example.com', 1_000);
  expect(countOf(answers, 401)).toBe(TRIES);
  expect(countOf(answers, 429)).toBe(1_000 - TRIES);
  expect((await checked()) - before).toBe(TRIES);
});

test('past the limit the right password is not looked at, and it is said how long that lasts', async () => {
  await guess('ada@example.com', TRIES);
  const refused = await logIn('ada@example.com', 'a walk along the river');
  expect(refused.status).toBe(429);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(890);
  expect(wait).toBeLessThanOrEqual(900);
  expect(await refused.text()).toContain('tried again in');
  // More tries do not make it longer.
  const [later] = await guess('ada@example.com', 1);
  expect(Number(later?.headers.get('retry-after'))).toBeLessThanOrEqual(wait);
  expect((await logIn('grace@example.com', 'a walk along the river')).status).toBe(303);
});

test('an address without an account is limited alike, and so are capitals', async () => {
  for (const email of ['nobody@example.com', 'grace@example.com']) {
    const answers = [
      ...(await guess(email, TRIES / 2)),
      ...(await guess(email.toUpperCase(), TRIES / 2 + 5)),
    ];
    expect(countOf(answers, 401)).toBe(TRIES);
    expect(countOf(answers, 429)).toBe(5);
  }
});

test('a device that the user has logged in with has tries of its own', async () => {
  const { device } = await signUp('known@example.com');
  await guess('known@example.com', TRIES + 1);
  expect((await logIn('known@example.com', PASSWORD)).status).toBe(429);
  expect((await logIn('known@example.com', PASSWORD, { device })).status).toBe(303);
  // It is no more than that: it has as many, and helps with nobody else's account.
  for (let i = 0; i < TRIES; i++) await logIn('known@example.com', 'wrong', { device });
  expect((await logIn('known@example.com', PASSWORD, { device })).status).toBe(429);
  await guess('grace@example.com', TRIES);
  expect((await logIn('grace@example.com', 'a walk along the river', { device })).status).toBe(429);
});

test('the right password makes up for the wrong ones before', async () => {
  for (let round = 0; round < 3; round++) {
    await guess('ada@example.com', TRIES - 1);
    expect((await logIn('ada@example.com', 'a walk along the river')).status).toBe(303);
  }
});

test('in a day no more are tried than in a row may be', async () => {
  let tried = 0;
  for (let quarter = 0; quarter < 5; quarter++) {
    await postgres.query("UPDATE rate_limits SET expire = 0 WHERE key NOT LIKE 'account-day%'");
    tried += countOf(await guess('ada@example.com', TRIES), 401);
  }
  expect(tried).toBe(60);
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
  await guess('changes@example.com', TRIES);
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

test('codes of the second step are limited past all passwords between them', async () => {
  const { browser } = await signUp('codes@example.com');
  await browser.post('/account/second-factor/begin', {});
  const setup = await browser.json<{ secret: string }>('/account/second-factor/setup');
  const app = new TOTP({ secret: setup.secret.replaceAll(' ', '') });
  await browser.post('/account/second-factor/setup', { code: app.generate() });

  let tried = 0;
  for (;;) {
    const thief = new Browser(stack.url);
    const headers = { 'x-forwarded-for': newAddress() };
    await thief.post('/login', { email: 'codes@example.com', password: PASSWORD }, headers);
    const answer = await thief.post('/login/code', { code: '000000' }, headers);
    if (answer.status === 429) break;
    expect(answer.status).toBe(401);
    tried++;
  }
  expect(tried).toBe(TRIES);
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

test('no address, of whatever kind, stands in the table', async () => {
  await logIn('ada@example.com', 'wrong', { from: '198.51.100.77' });
  const { rows } = await postgres.query('SELECT * FROM rate_limits');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/ada|198\.51/);
  for (const { expire } of rows as { expire: string | null }[]) expect(expire).not.toBeNull();
});
