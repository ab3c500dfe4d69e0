import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import Database from 'libsql';

import { type App, startApp } from '../../dev/app.js';
import { tempFolder } from '../../dev/guard.js';
import { tokenIn } from '../../dev/mailbox.js';
import { run } from '../../dev/run.js';
import { type RedisStack, startStack } from '../../dev/stack.js';
import { Browser } from '../app/browser.js';

const PATCHES = [...readFileSync('docs/make-it-yours.md', 'utf8').matchAll(/```diff\n([^]*?)```/g)];

/** What is built, and what that takes. */
const PROGRAM = [
  ...['src', 'prisma', 'views', 'public', 'config', 'docs/examples'],
  ...['package.json', 'nest-cli.json', '.swcrc', 'prisma.config.ts'],
];

const COMPILER = {
  extends: resolve('tsconfig.json'),
  compilerOptions: { rootDir: '.', outDir: 'dist', types: ['node'] },
  include: ['src', 'prisma'],
};

let stack: RedisStack;
let app: App;
let folder: string;

beforeAll(async () => {
  folder = tempFolder('yours');
  for (const name of PROGRAM) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
  stack = await startStack({ WORKERS: '1' });
});
afterAll(async () => {
  await app?.stop();
  await stack.stop();
});

async function runs(...command: string[]): Promise<void> {
  const { ok, output } = await run(command, { cwd: folder, env: { ...process.env, ...stack.env } });
  if (!ok) throw new Error(`${command.join(' ')}: ${output}`);
}

test('the patches apply one after the other, and what comes of it compiles', async () => {
  expect(PATCHES).toHaveLength(4);
  for (const [, patch = ''] of PATCHES) {
    writeFileSync(join(folder, 'next.diff'), patch);
    await runs('git', 'apply', 'next.diff');
  }
  await runs('node_modules/.bin/prisma', 'generate');
  await runs('node_modules/.bin/tsc', '--project', '.');
  await runs('node_modules/.bin/nest', 'build');
  await runs(process.execPath, 'dist/prisma/migrate.js');
});

describe('the program that comes of it', () => {
  beforeAll(async () => {
    const start = `cd ${folder} && exec ${process.execPath} dist/src/main.js`;
    const env = { ...stack.env, SESSION_STORE: 'sqlite', SQLITE_FILE: join(folder, 'sessions.db') };
    app = await startApp({ env, command: ['sh', '-c', start] });
  });

  test('has a page for those who are logged in, with wishes in their session', async () => {
    const browser = new Browser(app.url);
    const stranger = await browser.get('/wishes');
    expect(stranger.headers.get('location')).toBe('/login?next=%2Fwishes');

    await browser.logIn();
    const wishes = ['a kettle', 'a <b>cosy</b>'];
    for (const wish of wishes) expect((await browser.post('/wishes', { wish })).status).toBe(303);
    expect((await browser.post('/wishes', { wish: '' })).status).toBe(422);
    expect(await browser.json('/wishes')).toEqual({ wishes });
    expect(await (await browser.get('/wishes')).text()).toContain('a &lt;b&gt;cosy&lt;/b&gt;');
  });

  test('keeps its sessions in SQLite', async () => {
    const database = new Database(join(folder, 'sessions.db'));
    expect(database.prepare('SELECT owner FROM sessions').all()).toHaveLength(1);
    expect(await stack.redis.call('DBSIZE')).toBe(0);
  });

  test('logs in by a link that comes by mail, once', async () => {
    const browser = new Browser(app.url);
    expect((await browser.post('/login/link', { email: 'Ada@example.com' })).status).toBe(303);
    const token = tokenIn(await stack.mailbox.mailTo('ada@example.com', 'Your login'));
    const page = await browser.get(`/login/link/follow?token=${token}`);
    expect(await page.text()).toContain('Log in as ada@example.com');
    expect((await browser.post('/login/link/follow', { token })).status).toBe(303);
    expect(await browser.isIn()).toBe(true);
    const thief = new Browser(app.url);
    expect((await thief.post('/login/link/follow', { token })).status).toBe(410);
    expect(await thief.isIn()).toBe(false);
  });

  test('tells nobody who has an account', async () => {
    const browser = new Browser(app.url);
    const answer = await browser.post('/login/link', { email: 'nobody@example.com' });
    expect(answer.headers.get('location')).toBe('/login/link/sent');
    const { text } = await stack.mailbox.mailTo('nobody@example.com', 'Your login');
    expect(text).toContain('There is no account with this address.');
  });
});
