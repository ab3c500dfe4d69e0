import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { tokenIn } from '../../dev/mailbox.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD, type CounterPage, LOGIN_FIRST, PAGE } from '../counter/pages.js';
import { commandsDuring } from './redis-commands.js';

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

const newBrowser = () => new Browser(stack.app.url);
const keyOf = (id: string) => `session:${createHash('sha256').update(id).digest('base64url')}`;

test('a login sets exactly one session cookie, and the store holds its hash for 24 hours, and for 30 days at most', async () => {
  const browser = newBrowser();
  const response = await browser.logIn();
  expect(response.status).toBe(303);
  const cookies = response.headers.getSetCookie();
  expect(cookies.filter((cookie) => cookie.includes('session_id'))).toEqual([
    expect.stringMatching(/^session_id=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
  ]);
  const ttl = await redis.ttl(keyOf(browser.id));
  expect(ttl).toBeGreaterThan(86_390);
  expect(ttl).toBeLessThanOrEqual(86_400);
  const record = JSON.parse((await redis.get(keyOf(browser.id))) ?? '') as Record<string, number>;
  expect(record['expiresAt']).toBe(record['createdAt']! + 30 * 86_400_000);
  const all = await redis.keys('*');
  for (const key of all) expect(key).not.toContain(browser.id);
});

test('a signed-in page costs one command and no statement, and restarts the clock', async () => {
  const browser = newBrowser();
  await browser.logIn();
  await browser.post(...ADD);
  // It says what was added: to take what is said once costs another.
  await browser.get(PAGE);
  await redis.expire(keyOf(browser.id), 1_000);
  // Workers look into the outbox all the time.
  const statements = () =>
    stack.postgres.statements().filter((one) => !one.includes('outbox_emails')).length;
  const before = statements();
  const seen = await commandsDuring(redis, async () => {
    expect((await browser.get(PAGE)).status).toBe(200);
  });
  expect(seen).toEqual([['getex', keyOf(browser.id), 'PX', '86400000']]);
  expect(statements()).toBe(before);
  expect(await redis.ttl(keyOf(browser.id))).toBeGreaterThan(86_390);
});

test('a change that nobody else disturbs costs two commands', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const seen = await commandsDuring(redis, async () => {
    await browser.post(...ADD);
  });
  expect(seen.map(([name]) => name)).toEqual(['getex', 'eval']);
});

test('a visitor without a cookie, or with one that is no id, costs no command', async () => {
  const seen = await commandsDuring(redis, async () => {
    await newBrowser().get('/');
    await newBrowser().get(PAGE);
    for (const value of ['', 'x', 'A'.repeat(42), '../../etc/passwd', '%00', 'GET%20session']) {
      const browser = newBrowser();
      browser.cookie = `session_id=${value}`;
      const response = await browser.get(PAGE);
      expect(response.headers.get('location')).toBe(LOGIN_FIRST);
    }
  });
  expect(seen).toEqual([]);
});

test('a session that is gone from the store sends to the login page; its cookie may be somebody else’s, and stays', async () => {
  const browser = newBrowser();
  await browser.logIn();
  await redis.del(keyOf(browser.id));
  const response = await browser.get(PAGE);
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(LOGIN_FIRST);
  for (const answer of [response, await browser.get(LOGIN_FIRST), await browser.get('/')]) {
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
});

test('an id that the store does not know costs one command on a page for everybody', async () => {
  const browser = newBrowser();
  browser.cookie = `session_id=${'A'.repeat(43)}`;
  const seen = await commandsDuring(redis, async () => void (await browser.get('/')));
  expect(seen.map(([name]) => name)).toEqual(['getex']);
});

test('whoever is logged in goes on from the login and the sign-up to where they were going', async () => {
  const browser = newBrowser();
  await browser.logIn();
  for (const path of ['/login', '/signup']) {
    const answers = [await browser.get(`${path}?next=${PAGE}`), await browser.get(path)];
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(answers.map(({ headers }) => headers.get('location'))).toEqual([PAGE, '/']);
    const elsewhere = await browser.get(`${path}?next=//evil.example`);
    expect(elsewhere.headers.get('location')).toBe('/');
  }
});

describe('the box “Keep me logged in”', () => {
  const ADA = { email: 'ada@example.com', password: 'a walk along the river' };
  const isChecked = async (page: Response) =>
    / id="keepLoggedIn"[^>]* checked>/.test(await page.text());

  test('has the browser keep the session until its deadline; without it, it is gone with the browser', async () => {
    const browser = newBrowser();
    await browser.post(...ADD);
    expect(browser.maxAge).toBeNull();
    await browser.post('/login', { ...ADA, keepLoggedIn: 'on' });
    expect(browser.maxAge).toBeGreaterThan(30 * 86_400 - 60);
    expect(browser.maxAge).toBeLessThanOrEqual(30 * 86_400);
    await browser.post('/login/again', { password: ADA.password });
    expect(browser.maxAge).toBeGreaterThan(30 * 86_400 - 60);
    await browser.post('/login', ADA);
    expect(browser.maxAge).toBeNull();
  });

  test('is checked first, and as it was sent when the form is rejected', async () => {
    const browser = newBrowser();
    expect(await isChecked(await browser.get('/login'))).toBe(true);
    for (const password of ['wrong', '']) {
      const form = { ...ADA, password };
      expect(await isChecked(await browser.post('/login', form))).toBe(false);
      const kept = await browser.post('/login', { ...form, keepLoggedIn: 'on' });
      expect(await isChecked(kept)).toBe(true);
    }
  });

  test('is on the form that ends a sign-up, too', async () => {
    const browser = newBrowser();
    const email = 'kept@example.com';
    await browser.post('/signup', { email });
    const token = tokenIn(await stack.mailbox.mailTo(email, 'Make your account'));
    const path = '/signup/finish';
    expect(await isChecked(await browser.get(`${path}?token=${token}`))).toBe(true);
    const form = { token, name: 'Joan', password: 'short', keepLoggedIn: 'on' };
    expect(await isChecked(await browser.post(path, form))).toBe(true);
    await browser.post(path, { ...form, password: 'umbrella harvest violin' });
    expect(browser.maxAge).toBeGreaterThan(30 * 86_400 - 60);
  });
});

describe('several cookies of the name', () => {
  const ADA = { email: 'ada@example.com', password: 'a walk along the river' };
  const DEAD = `session_id=${'A'.repeat(43)}`;
  const signedIn = async (email?: string) => {
    const browser = newBrowser();
    await browser.logIn(email);
    return browser;
  };
  const withCookies = (...cookies: string[]): Browser => {
    const browser = newBrowser();
    browser.cookie = cookies.join('; ');
    return browser;
  };

  test('one that is left over from somewhere does not count, wherever it stands', async () => {
    const { cookie } = await signedIn();
    expect(await withCookies(cookie, DEAD).isIn()).toBe(true);
    expect(await withCookies(DEAD, 'session_id=', cookie).isIn()).toBe(true);
  });

  test('of two live sessions none counts; a login ends both, and has nothing of either', async () => {
    const mine = await signedIn();
    const attacker = newBrowser();
    await attacker.post(...ADD);
    const [mineCookie, theirs] = [mine.cookie, attacker.cookie];
    const both = withCookies(mineCookie, theirs);
    expect((await both.get(PAGE)).headers.get('location')).toBe(LOGIN_FIRST);
    expect((await both.get('/login')).status).toBe(200);
    while (!stack.app.output().includes('the ids of several live sessions')) await pause(10);
    expect(stack.app.output()).not.toContain(mine.id);

    const twins = [both, withCookies(mineCookie, theirs)];
    const answers = await Promise.all(twins.map(async (twin) => twin.post('/login', ADA)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(twins[0]!.cookie).toBe(twins[1]!.cookie);
    expect(await mine.isIn()).toBe(false);
    // The browser sends what it can't tell from its own still.
    const after = withCookies(theirs, both.cookie);
    expect(await after.json<CounterPage>(PAGE)).toMatchObject({ count: 0 });
  });

  test('what is kept for a visitor ends both as well, so that it is found again', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    const both = withCookies(one.cookie, other.cookie);
    await both.post(...ADD);
    await both.logIn();
    expect(await both.json<CounterPage>(PAGE)).toMatchObject({ count: 1 });
    for (const each of [one, other]) expect(await each.isIn()).toBe(false);
  });

  test('a log-out ends all that were sent', async () => {
    const [ada, grace] = [await signedIn(), await signedIn('grace@example.com')];
    const both = withCookies(ada.cookie, grace.cookie);
    expect((await both.post('/logout', {})).status).toBe(303);
    for (const each of [ada, grace]) expect(await each.isIn()).toBe(false);
  });

  test('one of an ended session tells why, beside one that nobody knows: that may be another app’s, and stays', async () => {
    const [here, phone] = [
      await signedIn('grace@example.com'),
      await signedIn('grace@example.com'),
    ];
    await here.post('/account/sessions/end-others', {});
    const page = await withCookies(DEAD, phone.cookie).get('/login');
    expect(await page.text()).toContain('from another of your devices');
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  test('more than four ids are none, and cost no command; the log says how many there were', async () => {
    const { cookie } = await signedIn();
    const ids = Array.from('BCDE', (letter) => `session_id=${letter.repeat(42)}A`);
    expect(await withCookies(cookie, ...ids.slice(1)).isIn()).toBe(true);
    const seen = await commandsDuring(redis, async () => {
      expect(await withCookies(cookie, ...ids).isIn()).toBe(false);
      expect((await withCookies(cookie, ...ids).get('/login')).status).toBe(200);
    });
    expect(seen).toEqual([]);
    while (!stack.app.output().includes('a request with 5 session ids has none')) await pause(10);
  });

  test.each([
    ['a log-out', '/logout', {}],
    ['a login', '/login', ADA],
    ['a thing to keep', ...ADD],
  ])('%s ends all that were sent, more than four as well', async (_, path, form) => {
    const guests = Array.from({ length: 9 }, newBrowser);
    await Promise.all(guests.map(async (guest) => guest.post(...ADD)));
    const all = withCookies(...guests.map(({ cookie }) => cookie));
    expect((await all.post(path, form)).status).toBe(303);
    expect(await redis.exists(...guests.map(({ id }) => keyOf(id)))).toBe(0);
    expect(await redis.exists(keyOf(all.id))).toBe(path === '/logout' ? 0 : 1);
  });
});

test('a client that asks for JSON gets 401 instead of the redirect', async () => {
  const response = await newBrowser().get(PAGE, { accept: 'application/json' });
  expect(response.status).toBe(401);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});

test('a login over a live session gives a new id, and the old one answers nothing', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const old = newBrowser();
  old.cookie = browser.cookie;
  await browser.logIn();
  expect(browser.cookie).not.toBe(old.cookie);
  expect((await old.get(PAGE)).status).toBe(303);
  expect((await browser.get(PAGE)).status).toBe(200);
});

test.each([
  ['a thing to keep', ...ADD],
  ['a login', '/login', { email: 'ada@example.com', password: 'a walk along the river' }],
])('an id that a client invents is never adopted: %s gives another', async (_, path, form) => {
  const browser = newBrowser();
  const invented = `session_id=${'A'.repeat(43)}`;
  browser.cookie = invented;
  expect((await browser.post(path, form)).status).toBe(303);
  expect(browser.id).toMatch(/^[\w-]{43}$/);
  expect(browser.cookie).not.toBe(invented);
  expect(await redis.exists(keyOf('A'.repeat(43)))).toBe(0);
});

test('a stolen id is useless after the log-out', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const thief = newBrowser();
  thief.cookie = browser.cookie;
  await browser.post('/logout', {});
  expect(browser.cookie).toBe('');
  expect((await thief.get(PAGE)).status).toBe(303);
});

test('1,000 adds to one session, 50 at a time, over two workers: all are in it', async () => {
  const browser = newBrowser();
  await browser.logIn();
  let sent = 0;
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (sent < 1_000) {
        sent++;
        const response = await browser.post(...ADD);
        expect(response.status).toBe(303);
      }
    }),
  );
  expect(await browser.json<CounterPage>(PAGE)).toMatchObject({ count: 1_000 });
});

test('what a guest keeps survives the login', async () => {
  const browser = newBrowser();
  for (let i = 0; i < 3; i++) await browser.post(...ADD);
  expect(await redis.ttl(keyOf(browser.id))).toBeLessThanOrEqual(3_600);
  await browser.logIn();
  expect(await browser.json<CounterPage>(PAGE)).toMatchObject({ count: 3 });
});

test('a record that is no session of this app counts as none, and is deleted', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const key = keyOf(browser.id);
  const record = JSON.parse((await redis.get(key)) ?? '') as Record<string, unknown>;
  for (const poison of ['{', JSON.stringify({ ...record, data: 'none' })]) {
    await redis.set(key, poison);
    const thief = newBrowser();
    thief.cookie = `session_id=${browser.id}`;
    expect((await thief.get(PAGE)).status).toBe(303);
    expect(await redis.exists(key)).toBe(0);
  }
});

describe('a form that is sent more than once', () => {
  const ADA = { email: 'ada@example.com', password: 'a walk along the river' };
  const withCookie = (cookie: string): Browser => {
    const browser = newBrowser();
    browser.cookie = cookie;
    return browser;
  };

  test('three logins at once of a guest are one: each answer has the same cookie, and what was kept', async () => {
    const guest = newBrowser();
    await guest.post(...ADD);
    const clicks = [1, 2, 3].map(() => withCookie(guest.cookie));
    const answers = await Promise.all(
      clicks.map(async (click) => click.post('/login', { ...ADA, next: PAGE })),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe(PAGE);
    }
    for (const click of clicks)
      expect(await click.json<CounterPage>(PAGE)).toMatchObject({ count: 1 });
    expect(new Set(clicks.map(({ cookie }) => cookie)).size).toBe(1);
  });

  test('a login that comes again late has the answer of the first, and with another password it has not', async () => {
    const guest = newBrowser();
    await guest.post(...ADD);
    const [first, late, thief] = [1, 2, 3].map(() => withCookie(guest.cookie));
    await first!.post('/login', ADA);
    await late!.post('/login', ADA);
    expect(late!.cookie).toBe(first!.cookie);
    expect((await thief!.post('/login', { ...ADA, password: 'a guess' })).status).toBe(401);
    expect(await thief!.isIn()).toBe(false);
    expect(await first!.isIn()).toBe(true);
  });

  test('what is refused is not kept: the same form may be right the next time', async () => {
    const browser = newBrowser();
    await browser.post(...ADD);
    for (let i = 0; i < 2; i++) {
      expect((await browser.post('/login', { ...ADA, password: 'a guess' })).status).toBe(401);
    }
    expect((await browser.post('/login', ADA)).status).toBe(303);
  });

  test('neither an id nor a password can be read of a kept answer in the store', async () => {
    const guest = newBrowser();
    await guest.post(...ADD);
    const before = guest.id;
    await guest.post('/login', ADA);
    const texts = await Promise.all((await redis.keys('*')).map(async (key) => redis.dump(key)));
    const stored = texts.map(String).join();
    for (const secret of [before, guest.id, ADA.password]) expect(stored).not.toContain(secret);
  });
});

describe('an answer to a request with an id that is dead by then', () => {
  const late = async (cookie: string): Promise<string[]> => {
    const browser = newBrowser();
    browser.cookie = cookie;
    return (await browser.get('/')).headers.getSetCookie();
  };

  test.each([
    ['of a guest who has logged in', async (browser: Browser) => browser.post(...ADD)],
    ['of a user who has logged in again', async (browser: Browser) => browser.logIn()],
    [
      'of a user over whom somebody else has logged in',
      async (browser: Browser) => browser.logIn('grace@example.com'),
    ],
  ])('takes no cookie away: the id %s', async (_, begin) => {
    const browser = newBrowser();
    await begin(browser);
    const { cookie } = browser;
    await browser.logIn();
    expect(browser.cookie).not.toBe(cookie);
    expect(await late(cookie)).toEqual([]);
  });

  test.each([
    ['a login', async (browser: Browser) => browser.logIn()],
    ['a thing to keep', async (browser: Browser) => browser.post(...ADD)],
  ])('takes no cookie away that %s has set since the session was gone', async (_, goOn) => {
    const browser = newBrowser();
    await browser.logIn();
    const { cookie, id } = browser;
    await redis.del(keyOf(id));
    await goOn(browser);
    expect(browser.cookie).not.toBe(cookie);
    expect(await late(cookie)).toEqual([]);
  });

  test('a log-out with it ends the session that has taken its place', async () => {
    const browser = newBrowser();
    await browser.logIn();
    const old = newBrowser();
    old.cookie = browser.cookie;
    await browser.post('/login/again', { password: 'a walk along the river' });
    expect(await browser.isIn()).toBe(true);
    expect((await old.post('/logout', {})).status).toBe(303);
    expect(await browser.isIn()).toBe(false);
  });
});

test('a login over the session of another user has nothing of theirs, and theirs ends', async () => {
  const browser = newBrowser();
  await browser.logIn();
  await browser.post(...ADD);
  const ada = newBrowser();
  ada.cookie = browser.cookie;
  await browser.logIn('grace@example.com');
  expect(await browser.json<CounterPage>(PAGE)).toMatchObject({ count: 0 });
  expect(await ada.isIn()).toBe(false);
});

test('a login again keeps what was kept', async () => {
  const browser = newBrowser();
  await browser.logIn();
  await browser.post(...ADD);
  await browser.logIn();
  expect(await browser.json<CounterPage>(PAGE)).toMatchObject({ count: 1 });
});
