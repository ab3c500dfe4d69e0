import { Redis } from 'ioredis';
import { Client } from 'pg';

import { linkIn, tokenIn } from '../../dev/mailbox.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD, PAGE } from '../counter/pages.js';

const PASSWORD = 'a sentence of a few words';
const OTHER = 'another one, and no better';

let stack: RedisStack;
let postgres: Client;
beforeAll(async () => {
  stack = await startStack();
  postgres = new Client(stack.postgres.url);
  await postgres.connect();
});
afterAll(async () => {
  await postgres.end();
  await stack.stop();
});

let email: string;
let addresses = 0;
beforeEach(() => {
  email = `somebody-${++addresses}@example.com`;
});

const newBrowser = () => new Browser(stack.url);

async function ask(path: '/signup' | '/forgotten', address = email): Promise<Response> {
  return newBrowser().post(path, { email: address });
}

/** The token in the newest mail to the address that has one. */
function newestToken(address = email): string {
  const links = stack.mailbox.mailsTo(address).filter(({ text }) => text.includes('token='));
  return tokenIn(links.at(-1)!);
}

const finish = async (token: string, form = {}, browser = newBrowser()) =>
  browser.post('/signup/finish', { token, name: 'Joan', password: PASSWORD, ...form });

const reset = async (token: string, password = OTHER, browser = newBrowser()) =>
  browser.post('/reset', { token, password });

async function signedUp(): Promise<Browser> {
  const browser = newBrowser();
  expect((await browser.signUp(stack.mailbox, { email, password: PASSWORD })).status).toBe(303);
  return browser;
}

const logsInWith = async (password: string) =>
  (await newBrowser().logIn(email, password)).status === 303;

test('the link of a sign-up makes an account, which has what was kept before, and works once', async () => {
  const browser = newBrowser();
  await browser.post(...ADD);
  const before = browser.cookie;
  expect((await browser.post('/signup', { email, next: PAGE })).status).toBe(303);
  const mail = await stack.mailbox.mailTo(email);
  // Whoever asks may be a stranger to the one who gets it.
  expect(mail.text).not.toContain('next=');
  const link = linkIn(mail);
  const page = await (await browser.get(link)).text();
  expect(page).toContain(email);
  expect(page).toContain(`name="next" value="${PAGE}"`);

  const token = newestToken();
  const done = await finish(token, { next: PAGE }, browser);
  expect(done.headers.get('location')).toBe(PAGE);
  expect(browser.cookie).not.toBe(before);
  expect(await browser.json(PAGE)).toMatchObject({ count: 1 });
  const used = await newBrowser().get(link);
  expect(used.status).toBe(410);
  const explained = await used.text();
  expect(explained).toContain('This link was already used');
  expect(explained).toContain('href="/login"');
});

test('a sign-up that is sent again logs in and goes on as the first did', async () => {
  const browser = newBrowser();
  await browser.post('/signup', { email });
  const token = newestToken();
  for (const again of [browser, browser, newBrowser()]) {
    const done = await finish(token, { next: PAGE }, again);
    expect([done.status, done.headers.get('location')]).toEqual([303, PAGE]);
    expect(await again.json('/account')).toMatchObject({ name: 'Joan', email });
  }
});

test('a sign-up that is sent again is no login from a new device', async () => {
  await ask('/signup');
  const token = newestToken();
  const devices = [];
  for (let i = 0; i < 2; i++) {
    const cookies = (await finish(token)).headers.getSetCookie();
    devices.push(cookies.find((cookie) => cookie.startsWith('device=')));
  }
  expect(devices[0]).toContain('Path=/login;');
  expect(devices[1]).toBe(devices[0]);
  await newBrowser().logIn(email, PASSWORD);
  await stack.mailbox.mailTo(email, 'new device');
  const news = stack.mailbox.mailsTo(email).filter(({ subject }) => subject.includes('new device'));
  expect(news).toHaveLength(1);
});

test('a sign-up that is sent twice at once makes one account, and either answer is in it', async () => {
  await ask('/signup');
  const token = newestToken();
  const browsers = Array.from({ length: 5 }, newBrowser);
  const answers = await Promise.all(browsers.map(async (browser) => finish(token, {}, browser)));
  expect(answers.map(({ status }) => status)).toEqual(browsers.map(() => 303));
  for (const browser of browsers) {
    expect(await browser.json('/account')).toMatchObject({ name: 'Joan', email });
  }
});

test('a used link of a sign-up takes the password of the account, and changes nothing', async () => {
  await ask('/signup');
  const token = newestToken();
  await finish(token);
  const stranger = newBrowser();
  const refused = await finish(token, { name: 'Eve', password: OTHER }, stranger);
  expect(refused.status).toBe(410);
  expect(await refused.text()).toContain('href="/login"');
  expect(stranger.cookie).toBe('');
  expect(await logsInWith(OTHER)).toBe(false);
  expect(await logsInWith(PASSWORD)).toBe(true);
});

test('guesses at a used link count as those at the login do', async () => {
  await ask('/signup');
  const token = newestToken();
  await finish(token);
  const form = { password: OTHER };
  const answers = await Promise.all(Array.from({ length: 25 }, async () => finish(token, form)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 410)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});

test('a link to make an account that there is by now leads to the login', async () => {
  await ask('/signup');
  await ask('/signup');
  const [token, other] = stack.mailbox.mailsTo(email).map(tokenIn);
  await finish(token!);
  const page = await newBrowser().get(`/signup/finish?token=${other}`);
  expect(page.status).toBe(410);
  expect(await page.text()).toContain('There is an account with this address already');
  expect((await finish(other!)).status).toBe(410);
});

test('whoever makes an account while somebody else is logged in is told so before', async () => {
  await ask('/signup');
  const grace = newBrowser();
  await grace.logIn('grace@example.com');
  const page = await grace.get(`/signup/finish?token=${newestToken()}`);
  expect(await page.text()).toContain('You are logged in to another account');
  await finish(newestToken(), {}, grace);
  expect(await grace.json('/account')).toMatchObject({ email });
});

test('signing up one address 20 times at once makes one account', async () => {
  const asked = await Promise.all(Array.from({ length: 5 }, async () => ask('/signup')));
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([303]));
  const tokens = stack.mailbox.mailsTo(email).map(tokenIn);
  expect(tokens).toHaveLength(5);
  const uses = Array.from({ length: 20 }, async (_, i) => finish(tokens[i % 5]!));
  const answers = await Promise.all(uses);
  // The link that has made it was sent four times.
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(4);
  expect(answers.filter(({ status }) => status === 410)).toHaveLength(16);
  const { rows } = await postgres.query('SELECT 1 FROM users WHERE email = $1', [email]);
  expect(rows).toHaveLength(1);
});

test('a reset sets the password, logs all devices out, and logs nobody in', async () => {
  const [here, phone] = [await signedUp(), newBrowser()];
  await phone.logIn(email, PASSWORD);
  await ask('/forgotten');
  const stranger = newBrowser();
  const done = await reset(newestToken(), OTHER, stranger);
  expect(done.headers.get('location')).toBe('/login');
  const login = async () => (await stranger.get('/login')).text();
  expect(await login()).toContain('Your password has been changed.');
  expect(await login()).not.toContain('Your password has been changed.');
  expect(await stranger.isIn()).toBe(false);
  for (const browser of [here, phone]) {
    expect(await browser.endReason()).toBe('password');
  }
  expect(await logsInWith(PASSWORD)).toBe(false);
  expect(await logsInWith(OTHER)).toBe(true);
  const news = await stack.mailbox.mailTo(email, 'Your password was changed');
  expect(linkIn(news)).toBe('/forgotten');
});

test('who resets the password where they are logged in is told why they no longer are', async () => {
  const here = await signedUp();
  await ask('/forgotten');
  const done = await reset(newestToken(), OTHER, here);
  expect(done.headers.get('location')).toBe('/login');
  const login = await here.get('/login');
  expect(await login.text()).toContain('the password of your account was changed');
  expect(await here.isIn()).toBe(false);
});

test('a reset that is sent again is answered as the first was, and ends nothing more', async () => {
  await signedUp();
  await ask('/forgotten');
  const token = newestToken();
  const answers = [await reset(token)];
  const phone = newBrowser();
  await phone.logIn(email, OTHER);
  answers.push(await reset(token), ...(await Promise.all([reset(token), reset(token)])));
  for (const answer of answers) {
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/login');
  }
  expect(await phone.isIn()).toBe(true);
  const news = stack.mailbox
    .mailsTo(email)
    .filter(({ subject }) => subject.includes('was changed'));
  expect(news).toHaveLength(1);
});

test('a reset that is sent twice at once is answered alike', async () => {
  await signedUp();
  await ask('/forgotten');
  const token = newestToken();
  const answers = await Promise.all(Array.from({ length: 5 }, async () => reset(token)));
  for (const answer of answers) {
    expect(answer.headers.get('location')).toBe('/login');
  }
});

test('a used link of a reset sets no other password, and its page leads on', async () => {
  await signedUp();
  await ask('/forgotten');
  const token = newestToken();
  await reset(token);
  const page = await newBrowser().get(`/reset?token=${token}`);
  const refused = await reset(token, 'a third one, of a thief');
  for (const answer of [page, refused]) {
    expect(answer.status).toBe(410);
    const text = await answer.text();
    expect(text).toContain('This link was already used');
    expect(text).toContain('href="/login"');
    expect(text).toContain('href="/forgotten"');
  }
  expect(await logsInWith(OTHER)).toBe(true);
});

test('of two uses of a reset link at once one wins', async () => {
  await signedUp();
  await ask('/forgotten');
  const token = newestToken();
  const passwords = Array.from({ length: 10 }, (_, i) => `${OTHER}, number ${i}`);
  const answers = await Promise.all(passwords.map(async (password) => reset(token, password)));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 410)).toHaveLength(9);
  const winner = answers.findIndex(({ status }) => status === 303);
  const opens = await Promise.all(passwords.map(logsInWith));
  expect(opens).toEqual(passwords.map((_, i) => i === winner));
});

test('a reset link is over once the password was changed otherwise', async () => {
  const here = await signedUp();
  await ask('/forgotten');
  const token = newestToken();
  await here.post('/account/password', { current: PASSWORD, password: OTHER });
  const refused = await reset(token, 'a third one, of a thief');
  expect(refused.status).toBe(410);
  expect(await refused.text()).toContain('href="/forgotten"');
  expect((await newBrowser().get(`/reset?token=${token}`)).status).toBe(410);
  expect(await here.isIn()).toBe(true);
  expect(await logsInWith(OTHER)).toBe(true);
});

test('while sessions can’t be ended nothing is reset, and the link stays good', async () => {
  const here = await signedUp();
  await ask('/forgotten');
  const token = newestToken();
  const redis = new Redis(stack.redis.url);
  await redis.call('ACL', 'SETUSER', 'default', '-zrange');
  expect((await reset(token)).status).toBe(503);
  await redis.call('ACL', 'SETUSER', 'default', '+zrange');
  redis.disconnect();
  expect(await here.isIn()).toBe(true);
  expect(await logsInWith(PASSWORD)).toBe(true);
  expect((await reset(token)).status).toBe(303);
});

test('a link is over after 30 minutes', async () => {
  await postgres.query('DELETE FROM mailed_links');
  await ask('/signup');
  const token = newestToken();
  await postgres.query("UPDATE mailed_links SET expires_at = expires_at - interval '29 minutes'");
  expect((await newBrowser().get(`/signup/finish?token=${token}`)).status).toBe(200);
  await postgres.query("UPDATE mailed_links SET expires_at = expires_at - interval '61 seconds'");
  const late = await newBrowser().get(`/signup/finish?token=${token}`);
  expect(late.status).toBe(410);
  const explained = await late.text();
  expect(explained).toContain('This link has expired');
  expect(explained).toContain('href="/signup"');
  expect((await finish(token)).status).toBe(410);
  await ask('/signup');
  const { rows } = await postgres.query('SELECT 1 FROM mailed_links WHERE expires_at < now()');
  expect(rows).toEqual([]);
});

test.each(['', 'none', 'A'.repeat(43), '__proto__', '%00', 'ü', 'A'.repeat(9_000)])(
  'the token %j opens nothing',
  async (token) => {
    for (const path of ['/reset', '/signup/finish']) {
      const page = await newBrowser().get(`${path}?token=${encodeURIComponent(token)}`);
      expect(page.status).toBe(410);
    }
    expect((await reset(token)).status).toBe(410);
    expect((await finish(token)).status).toBe(410);
  },
);

test('a link for one thing does no other', async () => {
  await signedUp();
  await ask('/forgotten');
  expect((await finish(newestToken())).status).toBe(410);
  email = `nobody-yet-${email}`;
  await ask('/signup');
  expect((await reset(newestToken())).status).toBe(410);
});

test('a password that is refused does not use the link up', async () => {
  await ask('/signup');
  const token = newestToken();
  const refused = await finish(token, { password: 'passwordpassword' });
  expect(refused.status).toBe(422);
  const page = await refused.text();
  expect(page).toContain(`value="${token}"`);
  expect(page).not.toContain('passwordpassword');
  expect((await finish(token, { password: `${email} ${email}` })).status).toBe(422);
  expect((await finish(token)).status).toBe(303);
});

test('the address in a link is the configured one, whatever a request says', async () => {
  const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
  await newBrowser().post('/signup', { email }, forged);
  const { text } = await stack.mailbox.mailTo(email);
  expect(text).toContain('http://app.example/signup/finish?token=');
  expect(text).not.toContain('evil');
});

test('the tokens are nowhere in the database and nowhere in the log', async () => {
  await ask('/signup');
  const token = newestToken();
  await newBrowser().get(`/signup/finish?token=${token}`);
  const { rows } = await postgres.query('SELECT * FROM mailed_links');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(token);
  expect(stack.app.output()).not.toContain(token);
});

test.each(['/signup', '/forgotten'] as const)(
  '%s answers the same for known and unknown addresses, and the mail alone says which',
  async (path) => {
    const [known, unknown] = [`known-${email}`, `unknown-${email}`];
    await newBrowser().signUp(stack.mailbox, { email: known, password: PASSWORD });
    const answers = [await ask(path, known), await ask(path, unknown)];
    const seen = await Promise.all(
      answers.map(async (answer) => [
        answer.status,
        answer.headers.get('location'),
        [...answer.headers.keys()].toSorted(),
        await answer.text(),
      ]),
    );
    expect(seen[0]).toEqual(seen[1]);
    const mails = [await stack.mailbox.mailTo(known), await stack.mailbox.mailTo(unknown)];
    expect(mails.map((mail) => linkIn(mail).split('?')[0])).toEqual(['/reset', '/signup/finish']);
    expect(mails.map(({ subject }) => subject.split(' · ')[0])).toEqual(
      path === '/signup'
        ? ['You have an account already', 'Make your account']
        : ['Choose a new password', 'There is no account with this address'],
    );
  },
);

test('an address is one account, in capitals and whichever way its domain is written', async () => {
  const local = email.split('@')[0]!;
  email = `${local}@xn--e1afmkfd.xn--p1ai`;
  await ask('/signup', ` ${local}@пример.рф `);
  expect((await finish(newestToken())).status).toBe(303);
  for (const typed of [email.toUpperCase(), `${local}@Пример.РФ`]) {
    expect((await newBrowser().logIn(typed, PASSWORD)).status).toBe(303);
  }
  await ask('/forgotten', `${local}@ПРИМЕР.рф`);
  expect((await reset(newestToken())).status).toBe(303);
});

test.each([
  ['passwordpassword', 'Not good enough'],
  ['ada lovelace ada lovelace', 'Not good enough'],
  ['a walk along the river', 'Very good'],
])('how good %j is can be asked before', async (password, verdict) => {
  const form = { password, name: 'Ada Lovelace', keepLoggedIn: 'on' };
  const answer = await newBrowser().post('/password/strength', form);
  expect(answer.status).toBe(200);
  const page = await answer.text();
  expect(page).toContain(`<h1>${verdict}</h1>`);
  expect(page).not.toContain(password);
});
