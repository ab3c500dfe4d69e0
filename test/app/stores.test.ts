import { setTimeout as pause } from 'node:timers/promises';

import { type Mailbox, tokenIn } from '../../dev/mailbox.js';
import { PATIENCE } from '../../dev/patience.js';
import { run } from '../../dev/run.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type StoreName } from '../../dev/session-store.js';
import { type Stack, startStackOn } from '../counter/stack.js';
import { soak } from '../soak.js';
import { Browser } from './browser.js';
import { ADD, type CounterPage, LOGIN_FIRST, PAGE } from '../counter/pages.js';
import { Visitor } from './visitor.js';

const TIMEOUT_MS = 1_000;
/** What a request may take beyond the store's timeout. */
const SLACK_MS = 500;
const ADDS = 100;

interface Case {
  readonly store: StoreName;
  readonly workers?: string;
  /** Whether sessions are still there after its server was killed and started again. */
  readonly durable?: boolean;
}

const CASES: readonly Case[] = [
  { store: 'redis', durable: false },
  { store: 'memcached', durable: false },
  { store: 'postgres', durable: true },
  { store: 'mysql', durable: true },
  { store: 'file' },
  { store: 'memory', workers: '1' },
];

const PASSWORD = 'a password for a while';

interface Ending {
  readonly what: string;
  readonly end: (here: Browser, mailbox: Mailbox, email: string) => Promise<Response>;
  readonly reason: string;
  /** Whether the browser that does it is still logged in. */
  readonly stays: boolean;
}

const ENDINGS: readonly Ending[] = [
  {
    what: 'a new password',
    end: async (here) =>
      here.post('/account/password', { current: PASSWORD, password: 'a better one, and longer' }),
    reason: 'password',
    stays: true,
  },
  {
    what: 'a reset of the password',
    end: async (here, mailbox, email) => {
      await here.post('/forgotten', { email });
      const token = tokenIn(await mailbox.mailTo(email, 'Choose a new password'));
      return here.post('/reset', { token, password: 'a better one, and longer' });
    },
    reason: 'password',
    stays: false,
  },
  {
    what: 'a new address',
    end: async (here, mailbox, email) => {
      await here.post('/account/email', { email: `new-${email}` });
      const token = tokenIn(await mailbox.mailTo(`new-${email}`));
      return here.post('/account/email/confirm', { token });
    },
    reason: 'email',
    stays: true,
  },
  {
    what: 'disabling the account',
    end: async (here) => here.post('/account/disable', {}),
    reason: 'disabled',
    stays: false,
  },
  {
    what: 'deleting the account',
    end: async (here) => here.post('/account/delete', {}),
    reason: 'deleted',
    stays: false,
  },
];

/** How many times each race is run, at moments within this time after the form was sent, in milliseconds. */
const ROUNDS = soak(4, 50);
const RACE_MS = 80;

const RENEWALS = {
  'gives the password again': async (phone: Browser) => {
    await phone.post('/login/again', { password: PASSWORD });
  },
  'logs in again': async (phone: Browser, email: string) => {
    await phone.logIn(email, PASSWORD);
  },
  'changes the password': async (phone: Browser) => {
    await phone.post('/account/password', {
      current: PASSWORD,
      password: 'a better one, and longer',
    });
  },
};

const ENDS_OF_ANOTHER = {
  'logs all others out': async (here: Browser) => here.post('/account/sessions/end-others', {}),
  'logs it out': async (here: Browser, handle: string) =>
    here.post(`/account/sessions/${handle}/end`, {}),
};

const RACES = Object.entries(RENEWALS).flatMap(([renewal, renew]) =>
  Object.entries(ENDS_OF_ANOTHER).map(([ending, end]) => ({ renewal, renew, ending, end })),
);

interface Devices {
  readonly devices: readonly { readonly handle: string; readonly isThis: boolean }[];
}

/** What lists of sessions call a browser's own by; null when it is not logged in. */
async function handleOf(browser: Browser): Promise<string | null> {
  if (!(await browser.isIn())) return null;
  const { devices } = await browser.json<Devices>('/account/sessions');
  return devices.find(({ isThis }) => isThis)!.handle;
}

let accounts = 0;

describe.each(CASES)('the program with its sessions in $store', (the) => {
  let stack: Stack;
  let settings: SettingsFile;
  beforeAll(async () => {
    const timeout_ms = TIMEOUT_MS;
    // A login may meet a server that is just starting, or a worker that has not asked PostgreSQL yet.
    settings = new SettingsFile(PATIENCE, {
      session: {
        end_all_within_ms: 500,
        ...{ redis: { timeout_ms }, memcached: { timeout_ms } },
        ...{ postgres: { timeout_ms }, mysql: { timeout_ms }, file: { timeout_ms: 5_000 } },
      },
    });
    const env = { WORKERS: the.workers ?? '2' };
    stack = await startStackOn(the.store, { env, settings, durable: true });
  });
  afterAll(async () => stack.stop());

  const server = () => stack.store ?? stack.postgres;
  const signedIn = async (): Promise<Browser> => {
    const browser = new Browser(stack.app.url);
    expect((await browser.logIn()).status).toBe(303);
    return browser;
  };

  test('who is not logged in is led to the login page', async () => {
    const response = await new Browser(stack.app.url).get(PAGE);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(LOGIN_FIRST);
  });

  test('all workers know who is logged in, and what they have counted', async () => {
    const ada = await Visitor.signedIn(stack.app.url);
    let acknowledged = 0;
    // On a busy machine a server may take longer than its timeout. Whether such an add was stored nobody knows.
    let unanswered = 0;
    const add = async (): Promise<void> => {
      const twin = ada.twin();
      while (acknowledged < ADDS) {
        acknowledged++;
        const { status } = await twin.post(...ADD);
        expect([303, 503]).toContain(status);
        if (status === 503) {
          acknowledged--;
          unanswered++;
        }
      }
      twin.leave();
    };
    await Promise.all(Array.from({ length: 20 }, add));
    const count = await ada.count();
    expect(count).toBeGreaterThanOrEqual(ADDS);
    expect(count).toBeLessThanOrEqual(ADDS + unanswered);
    // New connections come to one worker after the other.
    for (let i = 0; i < 4; i++) expect(await ada.twin().count()).toBe(count);
  });

  test('a device that another one has logged out is told so', async () => {
    const [here, phone] = [await signedIn(), await signedIn()];
    expect((await here.post('/account/sessions/end-others', {})).status).toBe(303);
    const response = await phone.get(PAGE);
    expect(response.headers.get('location')).toBe(LOGIN_FIRST);
    const login = await phone.get(LOGIN_FIRST);
    expect(await login.text()).toContain('from another of your devices');
    expect((await here.get(PAGE)).status).toBe(200);
  });

  const races = the.store === 'redis' ? RACES : RACES.slice(0, soak(1, RACES.length));
  test.each(races)(
    'a session that $renewal while another device $ending is out, whichever comes first',
    async ({ renew, end }) => {
      let acknowledged = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const account = { email: `joan-${++accounts}@example.com`, password: PASSWORD };
        const here = new Browser(stack.app.url);
        await here.signUp(stack.mailbox, account);
        const phone = new Browser(stack.app.url);
        expect((await phone.logIn(account.email, account.password)).status).toBe(303);
        const handle = (await handleOf(phone))!;
        const old = new Browser(stack.app.url);
        old.cookie = phone.cookie;
        const endSoon = async (): Promise<Response> => {
          await pause((round / ROUNDS) * RACE_MS);
          return end(here, handle);
        };
        const [, answer] = await Promise.all([renew(phone, account.email), endSoon()]);
        // A new password logs this device out, which is then asked to log in.
        if (answer.headers.get('location') !== '/account/sessions') continue;
        acknowledged++;
        // A login that comes after the end makes a session of its own.
        expect(await handleOf(phone)).not.toBe(handle);
        expect(await old.isIn()).toBe(false);
      }
      expect(acknowledged).toBeGreaterThan(0);
    },
  );

  // All of them end sessions by the same two operations, which the stores' contract tries on each.
  const endings = the.store === 'redis' ? ENDINGS : ENDINGS.slice(0, soak(1, ENDINGS.length));
  test.each(endings)(
    '$what logs the other devices out, and says so',
    async ({ end, reason, stays }) => {
      const account = { email: `joan-${++accounts}@example.com`, password: PASSWORD };
      const here = new Browser(stack.app.url);
      await here.signUp(stack.mailbox, account);
      const phone = new Browser(stack.app.url);
      expect((await phone.logIn(account.email, account.password)).status).toBe(303);
      expect((await end(here, stack.mailbox, account.email)).status).toBe(303);
      expect(await phone.endReason()).toBe(reason);
      expect((await here.get(PAGE)).status).toBe(stays ? 200 : 303);
    },
  );

  if (the.store !== 'memory') {
    const operate = async (...args: string[]) => {
      const command = [process.execPath, 'dist/src/operators/sessions.js'];
      return run([...command, '--config', settings.path, ...args], {
        env: { ...process.env, ...stack.env },
      });
    };

    test('an operator sees where somebody is logged in, and logs them out', async () => {
      const [ada, grace] = [await signedIn(), new Browser(stack.app.url)];
      await grace.logIn('grace@example.com');
      const { output } = await operate('list', '--user', 'Ada@example.com');
      expect(output).toMatch(/just now {2}127\.0\.0\.1 .*\n\d+ in all$/);
      expect(await operate('end', '--user', 'ada@example.com')).toMatchObject({ ok: true });
      expect(await ada.endReason()).toBe('operator');
      expect((await grace.get(PAGE)).status).toBe(200);
      expect((await operate('list', '--user', 'ada@example.com')).output).toContain('0 in all');
    });

    test('an operator logs everybody out at once; guests keep theirs, and all can log in again', async () => {
      const guest = new Browser(stack.app.url);
      await guest.post(...ADD);
      const users = await Promise.all(Array.from({ length: 8 }, signedIn));
      expect((await operate('stats')).output).toMatch(/sessions {2}(9|\d{2,})$/);
      expect(await operate('end', '--all')).toMatchObject({ ok: true });
      for (const user of users) expect(await user.endReason()).toBe('operator');
      await guest.logIn();
      expect((await guest.json<CounterPage>(PAGE)).count).toBe(1);
    });
  }

  test('a log-out ends the session for all workers', async () => {
    const ada = await Visitor.signedIn(stack.app.url);
    const thief = ada.twin();
    expect((await ada.post('/logout', {})).status).toBe(303);
    expect(ada.cookie).toBe('');
    for (let i = 0; i < 4; i++) {
      expect((await thief.twin().get(PAGE)).location).toBe(LOGIN_FIRST);
    }
  });

  if (the.durable === undefined) return;

  test('while its server is frozen everybody gets 503 in time, and nobody is logged out', async () => {
    const browser = await signedIn();
    for (let i = 0; i < 3; i++) await browser.post(...ADD);
    await server().freeze();
    for (let i = 0; i < 5; i++) {
      const started = Date.now();
      expect((await browser.get(PAGE)).status).toBe(503);
      expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    }
    server().thaw();
    const thawed = Date.now();
    while ((await browser.get(PAGE)).status !== 200) await pause(10);
    expect(Date.now() - thawed).toBeLessThan(1_000);
    // The other worker may need a moment more.
    for (let known = 0; known < 4;)
      known = (await browser.get(PAGE)).status === 200 ? known + 1 : 0;
    expect((await browser.json<CounterPage>(PAGE)).count).toBe(3);
  });

  test(`after its server was killed users ${the.durable ? 'are still logged in' : 'log in again'}`, async () => {
    const browser = await signedIn();
    await server().kill();
    expect((await browser.get(PAGE)).status).toBe(503);
    await server().start();
    let response: Response;
    do {
      await pause(10);
      response = await browser.get(PAGE);
    } while (response.status === 503);
    expect(response.status).toBe(the.durable ? 200 : 303);
    // Each worker finds the server again at a time of its own.
    do response = await browser.logIn();
    while (response.status === 503);
    expect(response.status).toBe(303);
  });
});
