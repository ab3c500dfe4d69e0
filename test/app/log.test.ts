import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { type Stack, startStack } from '../counter/stack.js';
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
  await browser.get('/account?secret=1');
  await browser.get('/no/such/page?secret=1');
  while (requests().length < 3) await pause(10);
  const page = requests().find(({ route }) => route === '/account');
  const none = requests().find(({ status }) => status === 404);
  const key = createHash('sha256').update(browser.id).digest('base64url');
  expect(page).toMatchObject({ method: 'GET', route: '/account', status: 200 });
  expect(page).toMatchObject({ session: key.slice(0, 8), worker: expect.any(Number) });
  expect(page!['ms']).toEqual(expect.any(Number));
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
  await browser.post('/account/name', { note: 'what was typed' });
  await browser.get('/account?next=what-was-asked', { 'user-agent': 'what-browser' });
  await browser.get('/what-path');
  while (requests().length < 8) await pause(10);
  const all = stack.app.output();
  for (const secret of [
    ...[id, key, 'session_id', 'a walk along the river', 'a wrong password', 'ada@example.com'],
    ...['what was typed', 'what-was-asked', 'what-browser', 'what-path'],
  ]) {
    expect(all).not.toContain(secret);
  }
});

describe('security events', () => {
  const PASSWORD = 'a sentence of a few words';
  const events = () => lines().filter(({ event }) => event !== undefined);

  /** The events that something leaves: so many, once they are there. */
  async function during(act: () => Promise<unknown>, count = 1): Promise<Line[]> {
    const before = events().length;
    await act();
    while (events().length < before + count) await pause(10);
    return events().slice(before);
  }

  const namesOf = (logged: readonly Line[]) => logged.map(({ event }) => event);

  let email: string;
  let joan: Browser;
  let accounts = 0;
  beforeEach(async () => {
    email = `joan-${++accounts}@example.com`;
    joan = new Browser(stack.url);
    const logged = await during(
      async () => joan.signUp(stack.mailbox, { email, password: PASSWORD }),
      2,
    );
    expect(namesOf(logged)).toEqual(['user_created', 'authn_login_success']);
  });

  test('a login, and what fails of it, name the request, the user and where it came from', async () => {
    const [right] = await during(async () => new Browser(stack.url).logIn(email, PASSWORD));
    expect(right).toMatchObject({
      ...{ event: 'authn_login_success', address: '127.0.0.1', level: 30 },
      ...{ user: expect.stringMatching(/^[0-9a-f-]{36}$/), requestId: expect.any(String) },
    });
    while (!requests().some(({ requestId }) => requestId === right?.requestId)) await pause(10);
    expect(right?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const [wrong] = await during(async () => new Browser(stack.url).logIn(email, 'wrong'));
    expect(wrong).toMatchObject({ event: 'authn_login_fail', user: right?.['user'], level: 40 });
    const [unknown] = await during(async () => new Browser(stack.url).logIn(`x${email}`, 'wrong'));
    expect(unknown).toMatchObject({ event: 'authn_login_fail', user: null });
  });

  test('too many tries are an event of their own', async () => {
    const guess = async () => new Browser(stack.url).logIn(`guessed-${email}`, 'wrong');
    const logged = await during(async () => Promise.all(Array.from({ length: 21 }, guess)), 21);
    expect(namesOf(logged).toSorted()).toEqual([
      ...Array.from({ length: 20 }, () => 'authn_login_fail'),
      'authn_login_fail_max',
    ]);
  });

  test.each([
    [
      'authn_password_change',
      async () =>
        joan.post('/account/password', { current: PASSWORD, password: 'another, and no better' }),
    ],
    ['session_expired', async () => joan.post('/logout', {})],
    ['session_expired', async () => joan.post('/account/sessions/end-others', {})],
    ['user_updated', async () => joan.post('/account/disable', {})],
    ['user_deleted', async () => joan.post('/account/delete', {})],
    ['malicious_csrf', async () => joan.post('/logout', {}, { 'sec-fetch-site': 'cross-site' })],
    ['authz_fail', async () => joan.get('/account', { 'sec-fetch-dest': 'image' })],
  ])('%s', async (event, act) => {
    expect(namesOf(await during(act))).toEqual([event]);
  });

  test('an ended session that is used again', async () => {
    const phone = new Browser(stack.url);
    await during(async () => phone.logIn(email, PASSWORD));
    await during(async () => joan.post('/account/sessions/end-others', {}));
    expect(await during(async () => phone.get('/account'))).toMatchObject([
      { event: 'session_use_after_expire', detail: 'elsewhere' },
    ]);
  });

  test('nothing that is typed can forge a line', async () => {
    const forged = 'x\r\n{"level":60,"event":"forged"}\u001b[31m';
    await new Browser(stack.url).logIn(forged, forged);
    await during(async () => new Browser(stack.url).logIn(email, forged));
    await joan.post('/account/name', { name: forged });
    await joan.get(`/${encodeURIComponent(forged)}`, { referer: 'x"}' });
    expect(stack.app.output()).not.toContain('forged"');
    for (const line of stack.app.output().trim().split('\n')) {
      expect(() => JSON.parse(line)).not.toThrow();
    }
  });
});
