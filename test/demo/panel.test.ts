import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { type App, startApp } from '../../dev/app.js';
import { descendants } from '../../dev/process-tree.js';
import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../../dev/stack.js';
import { keyOf, type SessionId } from '../../src/session/session-id.js';
import { Browser } from '../app/browser.js';
import { Visitor } from '../app/visitor.js';

let stack: RedisStack;
beforeAll(async () => {
  const settings = new SettingsFile(PATIENCE, { session: { redis: { timeout_ms: 1_000 } } });
  stack = await startStack({ DEMO_PANEL: 'true' }, { settings });
});
afterAll(async () => stack.stop());

const newBrowser = () => new Browser(stack.app.url);

async function panelOf(response: Promise<Response>): Promise<string> {
  return panelIn(await (await response).text());
}

/** The text of the panel of a page, as it is read; empty where there is none. */
function panelIn(page: string): string {
  const html = /<aside class="behind"[^]*?<\/aside>/.exec(page)?.[0] ?? '';
  return html
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/\s+/g, ' ');
}

const pidIn = (panel: string) => Number(/pid (\d+)/.exec(panel)?.[1]);

describe('the panel "Behind this page"', () => {
  test('tells a visitor which worker has answered, and that the store was asked nothing', async () => {
    const panel = await panelOf(newBrowser().get('/'));
    expect(panel).toMatch(/This page came from worker \d+, pid \d+\./);
    expect(panel).toMatch(/\d+ requests? answered before this one replaced after \d,\d{3}/);
    expect(panel).toContain('Your session none yet');
    expect(panel).toContain('Kept in Redis');
    expect(panel).toContain('Asked of the store nothing');
    expect(panel).toMatch(/Request [\w-]{12}-\w+ /);
  });

  test('tells who is signed in under which name the session is kept, for how long, and what was asked', async () => {
    const browser = newBrowser();
    await browser.logIn();
    const key = keyOf(browser.id as SessionId);
    const panel = await panelOf(browser.get('/cart'));
    expect(panel).toContain(`Your session ${key.slice(0, 8)}… `);
    expect(panel).toContain(`key session:${key.slice(0, 8)}… `);
    expect(panel).toContain('Ends in 24 h, starts anew with each page');
    const deadline = new Date(Date.now() + 30 * 86_400_000);
    expect(panel).toMatch(new RegExp(`at the latest on .*${deadline.getUTCFullYear()} at .* UTC`));
    expect(panel).toMatch(/Asked of the store read [\d.]+ ms Request/);
    expect(panel).not.toContain(key);
    expect(panel).not.toContain(browser.id);
  });

  test('tells a guest with a cart of the shorter time', async () => {
    const browser = newBrowser();
    await browser.post('/cart/items', { product: 'tea' });
    expect(await panelOf(browser.get('/'))).toContain('Ends in 1 h, starts anew with each page');
  });

  test('is on error pages and rejected forms too, and tells what they asked', async () => {
    const browser = newBrowser();
    await browser.logIn();
    const missing = await panelOf(browser.get('/nothing-here'));
    expect(missing).toMatch(/Asked of the store read [\d.]+ ms Request/);
    const rejected = await panelOf(browser.post('/login', { email: 'x', password: 'y' }));
    expect(rejected).toMatch(/Asked of the store create [\d.]+ ms read [\d.]+ ms Request/);
    const tooLarge = await panelOf(browser.post('/login', { email: 'x'.repeat(100_000) }));
    expect(tooLarge).toMatch(/Asked of the store read [\d.]+ ms Request/);
  });

  test('mixes up nothing when requests of several sessions are answered at once', async () => {
    const browsers = [newBrowser(), newBrowser(), newBrowser(), newBrowser()];
    await Promise.all(browsers.slice(1).map(async (browser) => browser.logIn()));
    const panels = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => panelOf(browsers[i % 4]!.get('/'))),
    );
    for (const [i, panel] of panels.entries()) {
      const asked = i % 4 === 0 ? /store nothing Request/ : /store read [\d.,]+ ms Request/;
      expect(panel).toMatch(asked);
    }
  });

  test('says while the store is away that it can’t tell, and what was tried', async () => {
    const browser = newBrowser();
    await browser.logIn();
    await stack.redis.freeze();
    const panel = await panelOf(browser.get('/'));
    stack.redis.thaw();
    expect(panel).toContain('Your session can’t be looked up just now that ends no session');
    expect(panel).toMatch(/Asked of the store read 1,0\d\d ms, without success/);
  });

  test('is no part of an answer in JSON', async () => {
    const browser = newBrowser();
    await browser.logIn();
    await browser.post('/cart/items', { product: 'tea' });
    const cart = await browser.json<object>('/cart');
    expect(Object.keys(cart)).toEqual(['lines', 'count', 'totals', 'checkout']);
    const problem = await newBrowser().json<object>('/cart');
    expect(Object.keys(problem)).toEqual(['status', 'title', 'detail']);
  });
});

describe('the button that kills a worker', () => {
  test('after it another worker answers, who is signed in still is, and the cart is intact', async () => {
    const ada = await Visitor.signedIn(stack.url);
    await ada.post('/cart/items', { product: 'pot', quantity: '2' });
    const killed: number[] = [];
    for (let i = 0; i < 3; i++) {
      const pid = pidIn(panelIn((await ada.get('/cart')).body));
      killed.push(pid);
      const next = '/cart#behind-this-page';
      const { status, location } = await ada.post('/demo/kill-worker', { pid: String(pid), next });
      expect([status, location]).toEqual([303, next]);
      const page = await ada.get('/cart');
      expect(page.status).toBe(200);
      expect(killed).not.toContain(pidIn(panelIn(page.body)));
      expect(await ada.count('/cart')).toBe(2);
      await untilGone(pid);
    }
    ada.leave();
  });

  test('it leads back to the page that it was on', async () => {
    const browser = newBrowser();
    const html = await (await browser.get('/login?next=%2Fcart')).text();
    expect(html).toContain('name="next" value="/login?next&#x3D;%2Fcart#behind-this-page"');
    const referer = `${stack.app.url}/signup?next=/cart`;
    const rejected = await browser.post('/signup', {}, { referer });
    expect(await rejected.text()).toContain(
      'name="next" value="/signup?next&#x3D;/cart#behind-this-page"',
    );
  });

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    'it leads nobody to %j',
    async (next) => {
      const browser = newBrowser();
      const pid = pidIn(await panelOf(browser.get('/')));
      const answer = await kill(browser, { pid: String(pid), next });
      expect(answer.headers.get('location')).toBe('/');
      await untilGone(pid);
    },
  );

  test.each([
    ['no number', 'all'],
    ['a process group', '-1'],
    ['all of its own group', '0'],
    ['more than a number', '1; reboot'],
    ['a process of the machine that is none of its workers', String(process.pid)],
    ['its supervisor', 'SUPERVISOR'],
    ['a process that is not there', '4194305'],
    ['nothing', ''],
  ])('%s is refused, and nothing is killed', async (_, sent) => {
    const browser = newBrowser();
    const before = await workers();
    const pid = sent === 'SUPERVISOR' ? String(stack.app.process.pid) : sent;
    const answer = await browser.post('/demo/kill-worker', { pid });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toMatch(/<strong>pid<\/strong> (takes|is not) the process id of a/);
    expect(await workers()).toEqual(before);
  });

  test('a browser that leaves before it is answered leaves no worker that answers nobody', async () => {
    for (let i = 0; i < 5; i++) {
      const browser = newBrowser();
      await browser.logIn();
      const { socket, page } = await pageOverConnection(stack.url, browser.cookie);
      const [, account = ''] = /name="account" value="([^"]*)"/.exec(page) ?? [];
      const body = `pid=${pidIn(panelIn(page))}&account=${account}`;
      const type = 'application/x-www-form-urlencoded';
      socket.write(
        `POST /demo/kill-worker HTTP/1.1\r\nHost: x\r\nCookie: ${browser.cookie}\r\n` +
          `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        () => socket.resetAndDestroy(),
      );
      await once(socket, 'close');
      // A connection may go with the worker that has it, but none may wait for an answer in vain.
      for (let j = 0; j < 4; j++) {
        const signal = AbortSignal.timeout(10_000);
        await fetch(`${stack.url}/login`, { signal }).catch(() => undefined);
        expect(signal.aborted).toBe(false);
      }
    }
  });

  test('another site can’t press it', async () => {
    const browser = newBrowser();
    const pid = pidIn(await panelOf(browser.get('/')));
    const answer = await browser.post(
      '/demo/kill-worker',
      { pid: String(pid) },
      { origin: 'https://evil.example' },
    );
    expect(answer.status).toBe(403);
    expect(runs(pid)).toBe(true);
  });
});

describe('a program that is started otherwise', () => {
  let app: App;
  afterEach(async () => app.stop());

  const start = async (env: Record<string, string>) => {
    const servers = { DATABASE_URL: stack.postgres.url, REDIS_URL: stack.redis.url };
    app = await startApp({
      env: { LOG_LEVEL: 'warn', WORKERS: '1', ...servers, ...env },
      settings: stack.settings,
    });
    return new Browser(app.url);
  };

  test.each([
    ['in production', { NODE_ENV: 'production', DEMO_PANEL: 'true' }],
    ['with the panel switched off', { NODE_ENV: 'development', DEMO_PANEL: 'false' }],
  ])('%s has no panel, and nothing to kill with', async (_, env) => {
    const browser = await start({ ...env, WORKERS: '2' });
    await browser.logIn();
    for (const path of ['/', '/cart', '/login', '/nothing-here']) {
      const html = await (await browser.get(path)).text();
      expect(html).not.toMatch(/behind|kill|pid/i);
    }
    expect((await browser.post('/demo/kill-worker', { pid: '1' })).status).toBe(404);
  });

  test('as a single process says why there is no button, and refuses to be killed', async () => {
    const browser = await start({ NODE_ENV: 'development' });
    const panel = await panelOf(browser.get('/'));
    expect(panel).toContain(`This page came from a single process, pid ${app.process.pid}.`);
    expect(panel).toContain('There is no button here that kills it');
    expect(panel).toContain('not replaced');
    expect(panel).not.toContain('Kill this worker');
    const answer = await browser.post('/demo/kill-worker', { pid: String(app.process.pid) });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('There is a single process');
  });
});

async function kill(browser: Browser, form: Record<string, string>): Promise<Response> {
  return browser.post('/demo/kill-worker', form);
}

/** The workers, when all of them are there. */
async function workers(): Promise<number[]> {
  let pids: number[];
  do pids = descendants(stack.app.process.pid!);
  while (pids.length < 2 && (await pause(20, true)));
  return pids;
}

async function untilGone(pid: number): Promise<void> {
  while (runs(pid)) await pause(20);
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A page, and the connection that it has come over. */
async function pageOverConnection(
  url: string,
  cookie: string,
): Promise<{ socket: Socket; page: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /account HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`);
  let page = '';
  for await (const data of socket.iterator({ destroyOnReturn: false })) {
    page += String(data);
    if (page.includes('</html>')) break;
  }
  return { socket, page };
}
