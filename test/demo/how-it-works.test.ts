import { readFileSync } from 'node:fs';

import { Redis } from 'ioredis';

import { type App, startApp } from '../../dev/app.js';
import { STORES } from '../../dev/session-store.js';
import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../../dev/stack.js';
import { sourceLines } from '../../src/demo/walk-through/source-lines.js';
import { Browser } from '../app/browser.js';
import { commandsDuring } from '../app/redis-commands.js';
import { keyOf } from '../app/session-in-redis.js';

const PAGE = '/how-it-works';

let stack: RedisStack;
let redis: Redis;
beforeAll(async () => {
  const settings = new SettingsFile(PATIENCE, { session: { redis: { timeout_ms: 1_000 } } });
  stack = await startStack({ DEMO_PANEL: 'true' }, { settings });
  redis = new Redis(stack.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await stack.stop();
});

const newBrowser = () => new Browser(stack.url);

const signedIn = async (): Promise<Browser> => {
  const browser = newBrowser();
  await browser.logIn();
  await browser.post('/cart/items', { product: 'tea', quantity: '2' });
  // That it was added is said once, and taken for it.
  await browser.get('/cart');
  return browser;
};

const open = async (browser: Browser, path = PAGE): Promise<string> =>
  (await browser.get(path)).text();

/** What stands on a page, as it is read. */
function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x3D;', '=')
    .replaceAll(/\s+/g, ' ');
}

/** The text of a step of the walk-through. */
function stepIn(html: string, id: string): string {
  const step = new RegExp(`<li class="step" id="${id}">[^]*?(?=<li class="step"|</main>)`).exec(
    html,
  );
  return textOf(step?.[0] ?? '');
}

describe('the walk-through', () => {
  test('shows a visitor what there will be, and asks Redis nothing', async () => {
    let html = '';
    const seen = await commandsDuring(redis, async () => {
      html = await open(newBrowser());
    });
    expect(seen).toEqual([]);
    expect(stepIn(html, 'login')).toContain('You are a visitor without a session');
    expect(stepIn(html, 'cookie')).toContain(
      'What a new one looks like Set-Cookie: session_id=…; Path=/; HttpOnly; SameSite=Lax',
    );
    expect(stepIn(html, 'key')).toContain('Your key none');
    expect(stepIn(html, 'record')).toContain('Asked for this page nothing Your record none');
    expect(stepIn(html, 'clocks')).toContain('Your clocks none run');
  });

  test('shows the cookie as it was set, with no more of its value than four characters', async () => {
    const browser = newBrowser();
    const cookies = (await browser.logIn()).headers.getSetCookie();
    const set = cookies.find((cookie) => cookie.startsWith('session_id='));
    const html = await open(browser);
    const shown = `${browser.id.slice(0, 4)}…`;
    expect(stepIn(html, 'cookie')).toContain(
      `How you got it Set-Cookie: ${set!.replace(browser.id, shown)} Path=/ `,
    );
    expect(stepIn(html, 'cookie')).toContain(`as ${browser.id.length} characters`);
    const attributes = set!.split('; ').slice(1);
    for (const attribute of attributes) {
      expect(stepIn(html, 'cookie')).toMatch(new RegExp(` ${attribute} [a-z][a-z ]{20}`));
    }
    const login = { email: 'ada@example.com', password: 'a walk along the river' };
    await browser.post('/login', { ...login, keepLoggedIn: 'on' });
    expect(stepIn(await open(browser), 'cookie')).toMatch(
      /; Max-Age=25\d{5} .* Max-Age=25\d{5} for/,
    );
  });

  test('shows the record and its clock as they are in Redis, and the one command that read them', async () => {
    const browser = await signedIn();
    const key = keyOf(browser);
    const before = Date.now();
    let html = '';
    const seen = await commandsDuring(redis, async () => {
      html = await open(browser);
    });
    const ttl = await redis.pttl(key);
    const atMost = Date.now() - before;
    expect(seen).toEqual([['getex', key, 'PX', '86400000']]);
    expect(stepIn(html, 'record')).toMatch(/Asked for this page read, [\d.,]+ ms Your record/);

    const { version: _, ...stored } = JSON.parse((await redis.get(key))!) as Record<
      string,
      unknown
    >;
    const [, shown = ''] = /<pre class="facts__record"[^>]*>([^]*?)<\/pre>/.exec(html) ?? [];
    const text = unescaped(shown);
    expect(JSON.parse(text)).toEqual(stored);
    expect(text).toBe(JSON.stringify(JSON.parse(text), null, 2));
    expect(stored).toMatchObject({ data: { cart: { lines: [{ product: 'tea', quantity: 2 }] } } });
    expect(stepIn(html, 'login')).toContain(`Your user id ${String(stored['owner'])}`);

    const [idle, deadline] = [...html.matchAll(/facts__clock">([\d,]+) s</g)].map(
      ([, seconds = '']) => Number(seconds.replaceAll(',', '')) * 1_000,
    );
    expect(idle).toBe(86_400_000);
    expect(ttl).toBeLessThanOrEqual(idle!);
    expect(ttl).toBeGreaterThanOrEqual(idle! - atMost);
    const left = Number(stored['expiresAt']) - before;
    expect(deadline).toBeLessThanOrEqual(left);
    expect(deadline).toBeGreaterThan(left - atMost - 1_000);
    expect(html).toContain(`datetime="${new Date(Number(stored['expiresAt'])).toISOString()}"`);
  });

  test('shows the beginning of the key under which Redis has it, and neither the key nor the id', async () => {
    const browser = await signedIn();
    const key = keyOf(browser).replace('session:', '');
    const html = await open(browser);
    const short = key.slice(0, 8);
    expect(stepIn(html, 'key')).toContain(`${short}… In Redis key session:${short}… `);
    const json = JSON.stringify(await browser.json<object>(PAGE));
    expect(json).toContain(short);
    for (const body of [html, json, await open(browser, `${PAGE}?answers=1-2`)]) {
      expect(body).not.toContain(key);
      // The fifth character could be there by chance.
      expect(body).not.toContain(browser.id.slice(0, 6));
      expect(body).not.toContain(browser.id.slice(6));
    }
  });

  test('tells a guest of the shorter clock, and that a login gives another id', async () => {
    const browser = newBrowser();
    await browser.post('/cart/items', { product: 'tea' });
    const html = await open(browser);
    expect(stepIn(html, 'login')).toContain('You are a guest since');
    expect(stepIn(html, 'clocks')).toContain('Unless you come again 3,600 s started by this page');
    expect(stepIn(html, 'guard')).toContain('For you the same');
  });

  test('tells whose session is over, and leaves the cookie, which the next login replaces', async () => {
    const browser = await signedIn();
    await redis.del(keyOf(browser));
    const { cookie } = browser;
    const html = await open(browser);
    expect(browser.cookie).toBe(cookie);
    expect(stepIn(html, 'login')).toContain('You had a session, it seems, and it is over');
    expect(stepIn(html, 'key')).toContain('replaces it');
  });

  test('names the redirect that the guard gives', async () => {
    const html = await open(newBrowser());
    const answer = await newBrowser().get('/cart');
    expect(stepIn(html, 'guard')).toContain(
      `GET /cart is answered with ${answer.status} See Other Location: ${answer.headers.get('location')} `,
    );
    expect(stepIn(await open(await signedIn()), 'guard')).toContain('For you 200 OK');
  });

  test('goes on while Redis is away, tells so, and leaves the cookie alone', async () => {
    const browser = await signedIn();
    const { cookie } = browser;
    await stack.redis.freeze();
    const answer = await browser.get(PAGE);
    const refused = await browser.get('/cart');
    stack.redis.thaw();
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(stepIn(html, 'key')).toContain('key session:');
    expect(stepIn(html, 'record')).toMatch(/read, [\d.,]+ ms, no answer Your record can’t be read/);
    expect(stepIn(html, 'outage')).toContain('It is away now.');
    expect(stepIn(html, 'outage')).toContain(
      `${refused.status} ${refused.statusText} Retry-After: ${refused.headers.get('retry-after')}`,
    );
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(browser.cookie).toBe(cookie);
  });
});

describe('the list of workers that have answered', () => {
  const answersIn = (html: string) =>
    [...html.matchAll(/(?:worker (\d+)|a single process), pid (\d+)<\/li>/g)].map(
      ([, number, pid]) => `${number ?? ''}-${pid}`,
    );
  const againIn = (html: string) => /href="(\/how-it-works\?[^"]*)"/.exec(html)![1]!;
  const follow = (html: string) => againIn(html).replaceAll('&#x3D;', '=');

  test('grows with each answer, whichever worker gives it, also over a kill', async () => {
    const browser = newBrowser();
    let html = await open(browser);
    for (let answers = 1; answers <= 3; answers++) {
      const seen = answersIn(html);
      expect(seen).toHaveLength(answers);
      const [, pid = ''] = /This page came from[^]*?pid&nbsp;<strong>(\d+)/.exec(html) ?? [];
      expect(seen.at(-1)).toMatch(new RegExp(`^\\d+-${pid}$`));
      const killed = await browser.post('/demo/kill-worker', { pid, next: follow(html) });
      html = await open(browser, killed.headers.get('location')!.split('#')[0]);
      expect(answersIn(html).slice(0, -1)).toEqual(seen);
    }
  });

  test('stays short, and takes nothing from an address but numbers', async () => {
    const many = Array.from({ length: 50 }, (_, i) => `1-${i + 1}`).join('.');
    const shown = answersIn(await open(newBrowser(), `${PAGE}?answers=${many}`));
    expect(shown).toHaveLength(8);
    expect(shown.slice(0, 7)).toEqual(['1-44', '1-45', '1-46', '1-47', '1-48', '1-49', '1-50']);
    const nasty = encodeURIComponent('1-2.<b>.x-1.99999999999.javascript:1.-.7');
    const html = await open(newBrowser(), `${PAGE}?answers=${nasty}`);
    expect(answersIn(html).slice(0, -1)).toEqual(['1-2', '-7']);
    expect(answersIn(await open(newBrowser(), `${PAGE}?answers=1-2&answers=3`))).toHaveLength(1);
  });
});

describe('the files that the walk-through names', () => {
  test.each(STORES)('are there, with each line that is named once: %s', (store) => {
    for (const { file, text } of Object.values(sourceLines(store)).flat()) {
      const lines = readFileSync(file, 'utf8').split('\n');
      const named = lines.filter((line) => line.trimStart().startsWith(text));
      expect([file, ...named]).toEqual([file, expect.stringContaining(text)]);
    }
  });

  test('are shown as they are, with the line that a link leads to', async () => {
    const browser = newBrowser();
    const links = [...(await open(browser)).matchAll(/href="\/how-it-works\/([^"#]+)#([^"]+)"/g)];
    expect(links.length).toBeGreaterThan(10);
    for (const [, file = '', name = ''] of links) {
      const html = await open(browser, `${PAGE}/${file}`);
      expect(html).toContain(`id="${name}">`);
      const [, text = ''] = /<pre[^>]*>([^]*)<\/pre>/.exec(html) ?? [];
      expect(unescaped(text.replaceAll(/<[^>]*>/g, ''))).toBe(readFileSync(file, 'utf8'));
    }
  });

  test.each([
    'package.json',
    'config/server.yaml',
    'src/main.ts',
    'src/session/../../package.json',
    'src/session/..%2f..%2fpackage.json',
    '../package.json',
    '%2e%2e/package.json',
    '/etc/passwd',
    '%2fetc/passwd',
    'src/session/session.ts%00',
    'src',
    '__proto__',
  ])('are all that is shown: not %s', async (file) => {
    const answer = await newBrowser().get(`${PAGE}/${file}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toMatch(/nest-session-starter|root:/);
  });
});

describe('a program that is started otherwise', () => {
  let app: App;
  afterEach(async () => app.stop());

  test.each([
    ['in production', { NODE_ENV: 'production', DEMO_PANEL: 'true' }],
    ['with the panel switched off', { NODE_ENV: 'development', DEMO_PANEL: 'false' }],
  ])('%s has no walk-through, no source, and no link to them', async (_, env) => {
    const servers = { DATABASE_URL: stack.postgres.url, REDIS_URL: stack.redis.url };
    app = await startApp({
      env: { LOG_LEVEL: 'warn', WORKERS: '1', ...servers, ...env },
      settings: stack.settings,
    });
    const browser = new Browser(app.url);
    for (const path of [PAGE, `${PAGE}/src/session/session.ts`]) {
      expect((await browser.get(path)).status).toBe(404);
    }
    expect(await open(browser, '/')).not.toContain('how-it-works');
  });
});

/** The characters that Handlebars writes otherwise, and the end of a line. */
function unescaped(html: string): string {
  const characters = html.replaceAll(/&#(x?)([0-9A-F]+);/g, (_, hex: string, code: string) =>
    String.fromCodePoint(parseInt(code, hex ? 16 : 10)),
  );
  return characters
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
