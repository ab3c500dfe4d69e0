import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';
import { TOTP } from 'otpauth';
import { Client } from 'pg';

import { tokenIn } from '../../dev/mailbox.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { until } from '../session/contract/until.js';
import { Browser } from './browser.js';
import { waitingForLocks } from './in-postgres.js';
import { ADD } from '../counter/pages.js';
import { postBody, wrongFields } from './raw-body.js';
import { age, clocksOf } from './session-in-redis.js';

const PASSWORD = 'a sentence of a few words';

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
let here: Browser;
let accounts = 0;
beforeEach(async () => {
  email = `joan-${++accounts}@example.com`;
  here = newBrowser();
  await here.signUp(stack.mailbox, { email, password: PASSWORD });
});

const newBrowser = () => new Browser(stack.url);

const logIn = async (address = email, password = PASSWORD, browser = newBrowser()) =>
  browser.logIn(address, password);

async function loggedIn(): Promise<Browser> {
  const browser = newBrowser();
  expect((await logIn(email, PASSWORD, browser)).status).toBe(303);
  return browser;
}

/** The page that a redirect leads to. */
async function follow(browser: Browser, response: Response): Promise<string> {
  return (await browser.get(response.headers.get('location') ?? '')).text();
}

const news = (subject: string) =>
  stack.mailbox.mailsTo(email).filter((mail) => mail.subject.includes(subject));

async function newAddressToken(address: string, browser = here): Promise<string> {
  expect((await browser.post('/account/email', { email: address })).status).toBe(303);
  return tokenIn(await stack.mailbox.mailTo(address));
}

test('whose account is gone is asked to log in, and not sent back and forth', async () => {
  const postgres = new Client(stack.postgres.url);
  await postgres.connect();
  await postgres.query('DELETE FROM users WHERE email = $1', [email]);
  await postgres.end();
  expect((await here.get('/account')).headers.get('location')).toBe('/login?next=%2Faccount');
  expect(here.cookie).toBe('');
  expect((await here.get('/login?next=%2Faccount')).status).toBe(200);
});

test('what is done while the password is changed elsewhere is not done, and said so', async () => {
  const postgres = new Client(stack.postgres.url);
  await postgres.connect();
  await postgres.query('BEGIN');
  const change = 'UPDATE users SET credentials_version = credentials_version + 1 WHERE email = $1';
  await postgres.query(change, [email]);
  const asked = here.post('/account/disable', {});
  const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  while ((await postgres.query(waits)).rowCount === 0) await pause(10);
  await postgres.query('COMMIT');
  await postgres.end();
  const answer = await asked;
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain('Your account was changed just now');
  expect(await here.isIn()).toBe(true);
});

test('a new name is known at once, on every device', async () => {
  const phone = await loggedIn();
  const response = await here.post('/account/name', { name: '  Joan Murray ' });
  expect(await follow(here, response)).toContain('Your name has been changed.');
  expect(await phone.json('/account')).toMatchObject({ name: 'Joan Murray' });
});

test.each([
  ...['/account?changed=name', '/account?changed=password', '/account/sessions?ended=one'],
  ...['/account/sessions?ended=others', '/account/second-factor?changed=off'],
  ...['/login?changed=password', '/login?changed=disabled', '/login?changed=deleted'],
])('a link can’t make a page tell of what has not happened: %s', async (link) => {
  const browser = link.startsWith('/login') ? newBrowser() : here;
  const notices = async (path: string): Promise<number> => {
    const response = await browser.get(path);
    expect(response.status).toBe(200);
    return (await response.text()).split('class="notice').length;
  };
  expect(await notices(link)).toBe(await notices(link.split('?')[0]!));
});

test.each(['', '  ', 'x'.repeat(101), 'Joan\u0000', 'Joan\nClarke'])(
  'the name %j is refused, and the old one stays',
  async (name) => {
    expect((await here.post('/account/name', { name })).status).toBe(422);
    expect(await here.json('/account')).toMatchObject({ name: 'Joan Clarke' });
  },
);

test('a name is text, whatever it looks like', async () => {
  await here.post('/account/name', { name: '<b>{{email}}</b>' });
  const page = await (await here.get('/account')).text();
  expect(page).toContain('&lt;b&gt;{{email}}&lt;/b&gt;');
});

test('the session holds nothing that says who the user is, but their number', async () => {
  const stored = JSON.stringify(await redis.mget(await redis.keys('session:*')));
  expect(stored).not.toMatch(/Joan|joan-|argon2/);
});

test('a new address takes a link that was sent there; the old one is told, the other devices end', async () => {
  const address = `new-${email}`;
  const phone = await loggedIn();
  const token = await newAddressToken(address.toUpperCase().replace('EXAMPLE', 'example'));
  expect(await here.json('/account')).toMatchObject({ email });
  const page = await here.get(`/account/email/confirm?token=${token}`);
  expect(await page.text()).toContain(address);
  expect(await here.json('/account')).toMatchObject({ email });

  const before = here.cookie;
  const done = await here.post('/account/email/confirm', { token });
  expect(await follow(here, done)).toContain('Your e-mail address has been changed.');
  expect(here.cookie).not.toBe(before);
  expect(await follow(phone, await phone.get('/account'))).toContain('the e-mail address of your');
  await stack.mailbox.mailTo(email, 'address was changed');
  expect((await logIn(email)).status).toBe(401);
  expect((await logIn(address)).status).toBe(303);
});

test('no link fills in an address for somebody', async () => {
  const page = await here.get('/account/email?email=eve%40evil.example');
  expect(page.status).toBe(200);
  expect(await page.text()).not.toContain('evil.example');
});

test('an address that is confirmed again, or twice at once, is the account’s', async () => {
  const phone = await loggedIn();
  const token = await newAddressToken(`new-${email}`);
  const twice = [here, phone].map(async (browser) =>
    browser.post('/account/email/confirm', { token }),
  );
  for (const { status } of await Promise.all(twice)) expect(status).toBe(303);
  await logIn(`new-${email}`, PASSWORD, here);
  const again = await here.post('/account/email/confirm', { token });
  expect(again.headers.get('location')).toBe('/account');
  expect(await here.isIn()).toBe(true);
  await stack.mailbox.mailTo(email, 'was changed');
  expect(news('was changed')).toHaveLength(1);
});

test('of two links to one address the second finds that it is done', async () => {
  const tokens = [];
  for (let i = 1; i <= 2; i++) {
    await here.post('/account/email', { email: `new-${email}` });
    const mails = stack.mailbox.mailsTo(`new-${email}`);
    expect(mails).toHaveLength(i);
    tokens.push(tokenIn(mails.at(-1)!));
  }
  for (const token of tokens) {
    const done = await here.post('/account/email/confirm', { token });
    expect(done.headers.get('location')).toBe('/account');
  }
});

test('a used link to an address that is no longer the account’s changes nothing, and leads on', async () => {
  const token = await newAddressToken(`new-${email}`);
  await here.post('/account/email/confirm', { token });
  const used = await here.get(`/account/email/confirm?token=${token}`);
  expect(used.status).toBe(410);
  expect(await used.text()).toContain('This link was already used');
  const next = await newAddressToken(`newer-${email}`);
  await here.post('/account/email/confirm', { token: next });
  const refused = await here.post('/account/email/confirm', { token });
  expect(refused.status).toBe(410);
  expect(await refused.text()).toContain('href="/account"');
  expect(await here.json('/account')).toMatchObject({ email: `newer-${email}` });
});

test('whoever follows the link logs in first, and goes on to it', async () => {
  const token = await newAddressToken(`new-${email}`);
  const phone = newBrowser();
  const sent = await phone.get(`/account/email/confirm?token=${token}`);
  const login = new URL(sent.headers.get('location')!, stack.url);
  expect(login.pathname).toBe('/login');
  const next = login.searchParams.get('next')!;
  const done = await phone.post('/login', { email, password: PASSWORD, next });
  expect(await follow(phone, done)).toContain(`new-${email}`);
  await phone.post('/account/email/confirm', { token });
  expect(await phone.json('/account')).toMatchObject({ email: `new-${email}` });
  expect(await here.isIn()).toBe(false);
});

test('a link that another user has asked for is refused, and says so', async () => {
  const token = await newAddressToken(`new-${email}`);
  const grace = newBrowser();
  await grace.logIn('grace@example.com');
  for (const refused of [
    await grace.get(`/account/email/confirm?token=${token}`),
    await grace.post('/account/email/confirm', { token }),
  ]) {
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('This link belongs to another account');
  }
  expect(await here.json('/account')).toMatchObject({ email });
  expect(await grace.json('/account')).toMatchObject({ email: 'grace@example.com' });
});

test('the old address hears first, and without a word of whoever asks', async () => {
  await here.post('/account/email', { email: `new-${email}` });
  const order = stack.mailbox.mailsTo(email).at(-1)!;
  expect(order.subject).toContain('about to be changed');
  expect(order.text).not.toContain(`new-${email}`);
  const [warned, asked] = stack.mailbox.all().slice(-2);
  expect([warned?.to, asked?.to]).toEqual([email, `new-${email}`]);
});

test.each(['before', 'after'])(
  'the old address can undo the change %s it is confirmed',
  async (when) => {
    const token = await newAddressToken(`new-${email}`);
    if (when === 'after') await here.post('/account/email/confirm', { token });
    const subject = when === 'after' ? 'was changed' : 'about to be changed';
    const undo = tokenIn(await stack.mailbox.mailTo(email, subject));

    const owner = newBrowser();
    const page = await owner.get(`/account/email/undo?token=${undo}`);
    expect(await page.text()).toContain(email);
    expect(await here.isIn()).toBe(true);
    const done = await owner.post('/account/email/undo', { token: undo });
    expect(await here.isIn()).toBe(false);
    for (const address of [email, `new-${email}`]) {
      expect((await logIn(address)).status).toBe(401);
    }

    // The link alone gets nobody in who does not read the mails: a new password takes another one.
    expect(done.headers.get('location')).toBe('/forgotten/sent');
    expect(await follow(owner, done)).toContain('Your account has your address.');
    expect(await here.endReason()).toBe('email-restored');
    const twin = await owner.post('/account/email/undo', { token: undo });
    expect(twin.headers.get('location')).toBe('/forgotten/sent');
    const reset = tokenIn(await stack.mailbox.mailTo(email, 'Choose a new password'));
    const form = { token: reset, password: 'another one, and no better' };
    expect((await owner.post('/reset', form)).status).toBe(303);
    expect((await logIn(email, form.password, here)).status).toBe(303);
    expect((await here.post('/account/email/confirm', { token })).status).toBe(410);
    expect(await here.json('/account')).toMatchObject({ email });
    expect((await owner.get(`/account/email/undo?token=${undo}`)).status).toBe(410);
  },
);

test('who has changed the address twice can’t undo what the first owner has undone', async () => {
  const addresses = [email, `new-${email}`, `newer-${email}`];
  for (const address of addresses.slice(1)) {
    const token = await newAddressToken(address);
    await here.post('/account/email/confirm', { token });
  }
  const [first, second] = await Promise.all(
    addresses
      .slice(0, 2)
      .map(async (each) => tokenIn(await stack.mailbox.mailTo(each, 'was changed'))),
  );
  expect((await newBrowser().post('/account/email/undo', { token: first! })).status).toBe(303);
  const refused = await newBrowser().post('/account/email/undo', { token: second! });
  expect(refused.status).toBe(410);
  expect(await refused.text()).toContain('when this address or an older one has been restored');
});

test('nor does a request that was under way when the owner has undone it', async () => {
  const token = await newAddressToken(`new-${email}`);
  await here.post('/account/email/confirm', { token });
  const undo = tokenIn(await stack.mailbox.mailTo(email, 'was changed'));
  const owner = newBrowser();
  // A guest's session is counted, and the counts are what the request waits for.
  await owner.post(...ADD);
  const locks = new Client(stack.postgres.url);
  await locks.connect();
  await locks.query('BEGIN; LOCK TABLE rate_limits');
  const underWay = here.post('/account/email', { email: `third-${email}` });
  await until(async () => {
    const waiting = await waitingForLocks(stack.postgres.url, '%rate_limits%');
    return waiting.length > 0;
  });
  expect((await owner.post('/account/email/undo', { token: undo })).status).toBe(303);
  await locks.query('COMMIT');
  await locks.end();
  await underWay;
  const later = tokenIn(await stack.mailbox.mailTo(`new-${email}`, 'about to be changed'));
  expect((await newBrowser().post('/account/email/undo', { token: later })).status).toBe(410);
});

test('an older address is taken back whatever a newer one has undone', async () => {
  for (const address of [`new-${email}`, `newer-${email}`]) {
    const token = await newAddressToken(address);
    await here.post('/account/email/confirm', { token });
  }
  for (const address of [`new-${email}`, email]) {
    const token = tokenIn(await stack.mailbox.mailTo(address, 'was changed'));
    expect((await newBrowser().post('/account/email/undo', { token })).status).toBe(303);
  }
  await newBrowser().post('/forgotten', { email });
  await stack.mailbox.mailTo(email, 'Choose a new password');
});

test('what an intruder has switched on since goes with the change', async () => {
  const token = await newAddressToken(`new-${email}`);
  await here.post('/account/email/confirm', { token });
  await here.post('/account/second-factor/begin', {});
  const setup = await here.json<{ secret: string }>('/account/second-factor/setup');
  const code = new TOTP({ secret: setup.secret.replaceAll(' ', '') }).generate();
  expect((await here.post('/account/second-factor/setup', { code })).status).toBe(200);
  const undo = tokenIn(await stack.mailbox.mailTo(email, 'was changed'));
  await newBrowser().post('/account/email/undo', { token: undo });
  const reset = tokenIn(await stack.mailbox.mailTo(email, 'Choose a new password'));
  const password = 'another one, and no better';
  await newBrowser().post('/reset', { token: reset, password });
  expect((await logIn(email, password, here)).headers.get('location')).toBe('/');
  expect(await here.isIn()).toBe(true);
});

test('who has made a new account with the old address is told how to get the old one back', async () => {
  const token = await newAddressToken(`new-${email}`);
  await here.post('/account/email/confirm', { token });
  const undo = tokenIn(await stack.mailbox.mailTo(email, 'was changed'));
  const owner = newBrowser();
  await owner.post('/signup', { email });
  const made = tokenIn(await stack.mailbox.mailTo(email, 'Make your account'));
  await owner.post('/signup/finish', { token: made, name: 'Joan', password: PASSWORD });
  const refused = await owner.post('/account/email/undo', { token: undo });
  expect(refused.status).toBe(410);
  expect(await refused.text()).toContain('href="/account/delete"');
  await owner.post('/account/delete', {});
  expect((await owner.post('/account/email/undo', { token: undo })).status).toBe(303);
  expect(await here.isIn()).toBe(false);
});

test('the address that an account has is no change, and an old mailbox is not flooded', async () => {
  const same = await here.post('/account/email', { email: email.toUpperCase() });
  expect(same.status).toBe(422);
  expect(await same.text()).toContain('Your account has this address already.');
  const statuses = [];
  for (let i = 0; i < 6; i++) {
    statuses.push((await here.post('/account/email', { email: `${i}-${email}` })).status);
  }
  expect(statuses).toEqual([303, 303, 303, 303, 303, 429]);
  expect(news('about to be changed')).toHaveLength(5);
});

test('an address that somebody has is told there alone, and stays theirs', async () => {
  const free = await here.post('/account/email', { email: `free-${email}` });
  const taken = await here.post('/account/email', { email: 'grace@example.com' });
  expect(taken.status).toBe(free.status);
  expect(taken.headers.get('location')).toBe(free.headers.get('location'));
  const mail = await stack.mailbox.mailTo('grace@example.com');
  expect(mail.subject).toContain('has an account already');
  expect(mail.text).not.toContain('http');
});

test('of two who want the same address one gets it', async () => {
  const address = `both-${email}`;
  const grace = newBrowser();
  const other = `grace-${email}`;
  await grace.signUp(stack.mailbox, { email: other, password: PASSWORD });
  const tokens = [await newAddressToken(address), await newAddressToken(address, grace)];
  const answers = await Promise.all(
    [here, grace].map(async (browser, i) =>
      browser.post('/account/email/confirm', { token: tokens[i]! }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410]);
  for (const browser of [here, grace]) expect(await browser.isIn()).toBe(true);
});

test('a link to a new address is over once the password was changed', async () => {
  const token = await newAddressToken(`new-${email}`);
  const change = { current: PASSWORD, password: 'another one, and no better' };
  expect((await here.post('/account/password', change)).status).toBe(303);
  const refused = await here.post('/account/email/confirm', { token });
  expect(refused.status).toBe(410);
  expect(await refused.text()).toContain('href="/account/email"');
});

test('a disabled account lets nobody in, says so to who knows the password, and comes back by mail', async () => {
  const phone = await loggedIn();
  const done = await here.post('/account/disable', {});
  expect(await follow(here, done)).toContain('because your account was disabled.');
  expect(here.cookie).toBe('');
  expect(await follow(phone, await phone.get('/account'))).toContain('your account was disabled');

  const refused = await logIn();
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('This account is disabled.');
  const wrong = await logIn(email, 'not the password');
  expect(wrong.status).toBe(401);
  expect(await wrong.text()).not.toContain('disabled');

  await stack.mailbox.mailTo(email, 'was disabled');
  await newBrowser().post('/forgotten', { email });
  const token = tokenIn(await stack.mailbox.mailTo(email, 'Choose a new password'));
  const password = 'another one, and no better';
  expect((await newBrowser().post('/reset', { token, password })).status).toBe(303);
  expect((await logIn(email, password)).status).toBe(303);
});

test('a deleted account is gone, and its address free again', async () => {
  const phone = await loggedIn();
  const done = await here.post('/account/delete', {});
  expect(await follow(here, done)).toContain('because your account was deleted.');
  expect(await follow(phone, await phone.get('/account'))).toContain('your account was deleted');
  expect((await logIn()).status).toBe(401);
  await stack.mailbox.mailTo(email, 'was deleted');
  await newBrowser().post('/signup', { email });
  const token = tokenIn(await stack.mailbox.mailTo(email, 'Make your account'));
  const form = { token, name: 'Joan', password: PASSWORD };
  expect((await newBrowser().post('/signup/finish', form)).status).toBe(303);
});

test.each(['disable', 'delete'])('no login outlives it: %s', async (how) => {
  const browsers = Array.from({ length: 12 }, newBrowser);
  const logins = browsers.map(async (browser) => logIn(email, PASSWORD, browser));
  expect((await here.post(`/account/${how}`, {})).status).toBe(303);
  await Promise.all(logins);
  for (const browser of browsers) expect(await browser.isIn()).toBe(false);
});

test.each(['disable', 'delete', 'email'])(
  'while sessions can’t be ended the account stays what it was: %s',
  async (how) => {
    const phone = await loggedIn();
    const token = how === 'email' ? await newAddressToken(`new-${email}`) : '';
    const [path, form] = how === 'email' ? ['email/confirm', { token }] : [how, {}];
    await redis.call('ACL', 'SETUSER', 'default', '-zrange');
    try {
      expect((await here.post(`/account/${path}`, form)).status).toBe(503);
    } finally {
      await redis.call('ACL', 'SETUSER', 'default', '+zrange');
    }
    for (const browser of [here, phone]) expect(await browser.isIn()).toBe(true);
    expect(await here.json('/account')).toMatchObject({ email });
    expect((await here.post(`/account/${path}`, form)).status).toBe(303);
  },
);

test.each(['disable', 'delete', 'email'])(
  'a login of an hour ago gives the password again first: %s',
  async (how) => {
    await age(here, redis);
    const path = `/account/${how}`;
    expect((await here.get(path)).headers.get('location')).toContain('/login/again?next=');
    const form: Record<string, string> = how === 'email' ? { email: `new-${email}` } : {};
    const asked = await here.post(path, form, { referer: stack.url + path });
    const again = asked.headers.get('location') ?? '';
    expect(again).toContain('/login/again?next=');
    expect((await logIn()).status).toBe(303);

    const next = new URL(again, stack.url).searchParams.get('next') ?? '';
    const back = await here.post('/login/again', { password: PASSWORD, next });
    await follow(here, back);
    expect((await here.post(path, form)).status).toBe(303);
  },
);

test('a new address is no new login, and its form may come twice', async () => {
  const login = await clocksOf(here, redis);
  const token = await newAddressToken(`new-${email}`);
  const twin = newBrowser();
  twin.cookie = here.cookie;
  const answers = await Promise.all(
    [here, twin].map(async (browser) => browser.post('/account/email/confirm', { token })),
  );
  for (const answer of answers) {
    expect(answer.headers.get('location')).toBe('/account');
  }
  expect(twin.cookie).toBe(here.cookie);
  expect(await clocksOf(here, redis)).toEqual(login);
});

test.each(['disable', 'delete'])(
  '%s is asked for twice at once, and answered alike',
  async (what) => {
    const twin = newBrowser();
    twin.cookie = here.cookie;
    const answers = await Promise.all(
      [here, twin].map(async (browser) => browser.post(`/account/${what}`, {})),
    );
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        expect.stringMatching(/^\/login/),
      ]);
    }
  },
);

/** The hidden field of the forms of a page, which says whose they are. */
async function accountIn(browser: Browser, path: string): Promise<string> {
  const page = await (await browser.get(path)).text();
  return /name="account" value="([\w-]+)"/.exec(page)?.[1] ?? 'none';
}

/** A form of a page that was opened before somebody else logged in, in the same browser. */
async function afterSwitch(): Promise<{ account: string }> {
  const account = await accountIn(here, '/account/name');
  const other = `other-${email}`;
  await newBrowser().signUp(stack.mailbox, { email: other, name: 'Grace', password: PASSWORD });
  expect((await here.logIn(other, PASSWORD)).status).toBe(303);
  return { account };
}

test.each([
  ['name', { name: 'Joan' }],
  ['email', { email: 'elsewhere@example.com' }],
  ['password', { current: PASSWORD, password: 'another one, and no better' }],
  ['second-factor/begin', {}],
  ['sessions/end-others', {}],
  ['disable', {}],
  ['delete', {}],
])('a form of one user does nothing to another who has logged in since: %s', async (path, form) => {
  const phone = newBrowser();
  const { account } = await afterSwitch();
  await phone.logIn(`other-${email}`, PASSWORD);
  const referer = `${stack.url}/account/${path}`;
  const refused = await here.post(`/account/${path}`, { ...form, account }, { referer });
  expect(refused.status).toBe(409);
  const page = await refused.text();
  expect(page).toContain('You are logged in as somebody else now');
  expect(page).toContain('nothing was changed');
  expect(page).toContain(`href="/account/${path}"`);
  for (const browser of [here, phone]) {
    expect(await browser.json('/account')).toMatchObject({
      name: 'Grace',
      email: `other-${email}`,
    });
  }
  expect(await here.json('/account/second-factor/setup')).not.toHaveProperty('secret');
  expect((await logIn(`other-${email}`)).status).toBe(303);
});

test('programs are told in problem details that a form is another user’s', async () => {
  const form = { name: 'Joan', ...(await afterSwitch()) };
  const refused = await here.post('/account/name', form, { accept: 'application/json' });
  expect(refused.status).toBe(409);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toEqual({
    status: 409,
    title: 'You are logged in as somebody else now',
    detail: expect.stringContaining('nothing was changed') as string,
  });
});

test('a form of a user whose session is over leads to the login, or goes on as a guest’s', async () => {
  const account = await accountIn(here, '/account/name');
  const nobody = newBrowser();
  const refused = await nobody.post('/account/name', { name: 'Joan', account });
  expect(refused.headers.get('location')).toMatch(/^\/login/);
  const [path, form] = ADD;
  expect((await nobody.post(path, { ...form, account })).status).toBe(303);
});

test('a form is the user’s own on each of their devices, and a form that names nobody goes on', async () => {
  const account = await accountIn(here, '/account/name');
  const phone = await loggedIn();
  expect(account).toBe(await accountIn(phone, '/account/name'));
  expect(account).toMatch(/^[\w-]{22}$/);
  expect((await phone.post('/account/name', { name: 'One', account })).status).toBe(303);
  expect((await phone.post('/account/name', { name: 'Two' })).status).toBe(303);
  expect(await here.json('/account')).toMatchObject({ name: 'Two' });
});

test.each(['account=a&account=b', 'account=', `account=${'a'.repeat(8_000)}`, 'account=%00'])(
  'a form that can’t say whose it is is refused, and the field is named: %#',
  async (body) => {
    const response = await postBody(`${stack.url}/forgotten`, `email=a@b.example&${body}`);
    expect(response.status).toBe(422);
    expect(await wrongFields(response)).toEqual(['account']);
  },
);

test('who logs in as somebody else twice is in, and not told otherwise', async () => {
  const account = await accountIn(here, '/login');
  expect(account).toBe('none');
  for (let i = 0; i < 2; i++) {
    expect((await here.logIn('grace@example.com')).headers.get('location')).toBe('/');
  }
});
