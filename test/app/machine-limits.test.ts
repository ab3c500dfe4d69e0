import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

import { freePort } from '../../dev/free-port.js';
import { end, spawnGuarded } from '../../dev/guarded-process.js';
import { commandFor } from '../../dev/install.js';
import { PATIENCE } from '../../dev/patience.js';
import { descendants } from '../../dev/process-tree.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type App, COUNTER_APP, type Stack, startApp, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD, PAGE } from '../counter/pages.js';

const BUILT = [process.execPath, COUNTER_APP.main] as const;

let stack: Stack;
let ada: Browser;
beforeAll(async () => {
  stack = await startStack();
  ada = new Browser(stack.url);
  await ada.logIn();
});
afterAll(async () => stack.stop());

/** Another machine with the same servers. */
async function another(options: Partial<Parameters<typeof startApp>[0]>): Promise<App> {
  return startApp({ settings: stack.settings, ...options, env: { ...stack.env, ...options.env } });
}

/** Somebody with Ada's cookie who asks that machine. */
function adaAt(url: string): Browser {
  return Object.assign(new Browser(url), { cookie: ada.cookie });
}

/** Resolves when it is: meanwhile there may be nobody there, or one who can't. */
async function untilServed(browser: Browser): Promise<void> {
  const isServed = async (): Promise<boolean> => browser.isIn().catch(() => false);
  while (!(await isServed()));
}

async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('more connections than a worker takes', () => {
  let app: App;
  beforeAll(async () => {
    const settings = new SettingsFile(PATIENCE, { server: { max_connections_per_worker: 5 } });
    app = await another({ settings, env: { WORKERS: '1' } });
  });
  afterAll(async () => app.stop());

  test('are answered with 503, and the next is taken when one has gone', async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 5; i++) sockets.push(await open(app.url));
    const sixth = await open(app.url);
    sixth.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = (await once(sixth, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 .*retry-after: 2\r\n/s);
    await once(sixth, 'close');
    sockets[0]?.destroy();
    await untilServed(adaAt(app.url));
    for (const socket of sockets) socket.destroy();
  });
});

test('out of file descriptors it drops what it can’t take, goes on, and recovers', async () => {
  const app = await another({});
  const processes = [app.process.pid!, ...descendants(app.process.pid!)];
  for (const pid of processes) {
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${descriptors + 20}`]);
  }
  const sockets = await Promise.all(Array.from({ length: 200 }, async () => open(app.url)));
  const dropped = sockets.map(async (socket) => once(socket.resume(), 'close'));
  await Promise.race(dropped);
  for (const socket of sockets) socket.destroy();
  await untilServed(adaAt(app.url));
  expect(descendants(app.process.pid!)).toEqual(processes.slice(1));
  expect(await app.stop()).toBe(0);
});

test('a log that can’t be written stops nobody', async () => {
  const port = String(await freePort());
  const app = spawnGuarded('sh', ['-c', 'exec "$@" >/dev/full 2>&1', 'sh', ...BUILT], {
    env: { ...process.env, NODE_OPTIONS: '', ...stack.env, PORT: port, LOG_LEVEL: 'info' },
    stdio: 'ignore',
  });
  const browser = adaAt(`http://127.0.0.1:${port}`);
  await untilServed(browser);
  const workers = descendants(app.pid!);
  for (let i = 0; i < 50; i++) expect((await browser.get(PAGE)).status).toBe(200);
  expect(descendants(app.pid!)).toEqual(workers);
  await end(app, 'SIGTERM', 30_000);
});

describe('a machine whose clock is', () => {
  test.each(['+25h', '-25h'])(
    'wrong by %s knows who is logged in, and ends nobody early',
    async (skew) => {
      const faketime = await commandFor(['faketime'], 'faketime');
      const app = await another({ command: [faketime, '-f', skew, ...BUILT] });
      const date = (await fetch(app.url)).headers.get('date')!;
      expect(Math.abs(Date.parse(date) - Date.now())).toBeGreaterThan(24 * 3_600_000);
      const there = adaAt(app.url);
      await there.post(...ADD);
      expect((await there.get(PAGE)).status).toBe(200);
      expect((await ada.get(PAGE)).status).toBe(200);
      // Made there, good here; ended there, dead here.
      const grace = new Browser(app.url);
      await grace.logIn('grace@example.com');
      const graceHere = Object.assign(new Browser(stack.url), { cookie: grace.cookie });
      expect(await graceHere.isIn()).toBe(true);
      await grace.post('/logout', {});
      expect(await graceHere.isIn()).toBe(false);
      await app.stop();
    },
  );
});
