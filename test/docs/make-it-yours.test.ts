import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

import Database from 'libsql';
import { Client } from 'pg';

import { type App, startApp } from '../../dev/app.js';
import { tempFolder } from '../../dev/guard.js';
import { tokenIn } from '../../dev/mailbox.js';
import { run } from '../../dev/run.js';
import { Browser } from '../app/browser.js';
import { type RedisStack, startStack } from '../counter/stack.js';

const DOCUMENT = readFileSync('docs/make-it-yours.md', 'utf8');
const DIFF = /```diff\n([^]*?)```/.exec(DOCUMENT)?.[1] ?? '';
const SQL = /```sql\n([^]*?)```/.exec(DOCUMENT)?.[1] ?? '';

/** What is built, and what that takes. */
const PROJECT = [
  ...['src', 'prisma', 'dev', 'views', 'public', 'config', 'docs/examples'],
  ...['package.json', 'nest-cli.json', '.swcrc', 'prisma.config.ts'],
];

const COMPILER = {
  extends: resolve('tsconfig.json'),
  compilerOptions: { rootDir: '.', rootDirs: [], outDir: 'dist', types: ['node'] },
  include: ['src', 'prisma'],
};

let stack: RedisStack;
let app: App;
let folder: string;

beforeAll(async () => {
  folder = tempFolder('yours');
  for (const name of PROJECT) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
  stack = await startStack({ WORKERS: '1' });
});
afterAll(async () => {
  await app?.stop();
  await stack.stop();
});

async function runs(...command: string[]): Promise<string> {
  const { ok, output } = await run(command, { cwd: folder, env: { ...process.env, ...stack.env } });
  if (!ok) throw new Error(`${command.join(' ')}: ${output}`);
  return output;
}

/** Whether the app has what an example makes: somebody has done what the document says. */
const hasAlready = (name: string): boolean => existsSync(join(folder, 'src', name));

/** Adds a feature as the document says: its folder, and a line where the app lists its features. */
function plugIn(name: string, module: string): void {
  cpSync(join(folder, 'docs/examples', name), join(folder, 'src', name), { recursive: true });
  const file = join(folder, 'src/app.module.ts');
  const listed = readFileSync(file, 'utf8').replace(
    '  // A line for each feature.\n',
    (comment) => `${comment}  ${module},\n`,
  );
  writeFileSync(file, `import { ${module} } from './${name}/${name}.module.js';\n${listed}`);
}

const migration = async (argument: string): Promise<string> =>
  runs('node_modules/.bin/tsx', 'dev/create-migration.ts', argument);

test('two features plug in by a folder and a line each, a store by a few lines, and all of it compiles', async () => {
  if (!hasAlready('wishes')) {
    plugIn('wishes', 'WishesModule');
    await migration('wishes');
    const migrations = join(folder, 'prisma/migrations');
    const newest = readdirSync(migrations).findLast((name) => name.endsWith('_wishes')) ?? '';
    appendFileSync(join(migrations, newest, 'migration.sql'), SQL);
  }
  if (!hasAlready('login-link')) plugIn('login-link', 'LoginLinkModule');
  if (!hasAlready('sqlite')) {
    const store = 'sqlite.store.ts';
    cpSync(join(folder, 'docs/examples', store), join(folder, 'src/sqlite', store));
    writeFileSync(join(folder, 'store.diff'), DIFF);
    await runs('git', 'apply', 'store.diff');
  }
  expect(await migration('--check')).toContain('cover all');

  await runs('node_modules/.bin/prisma', 'generate');
  await runs('node_modules/.bin/tsc', '--project', '.');
  await runs('node_modules/.bin/nest', 'build');
  expect(await runs(process.execPath, 'dist/prisma/migrate.js')).toContain('_wishes');
});

describe('the app that comes of it', () => {
  beforeAll(async () => {
    const start = `cd ${folder} && exec ${process.execPath} dist/src/main.js`;
    const env = { ...stack.env, SESSION_STORE: 'sqlite', SQLITE_FILE: join(folder, 'sessions.db') };
    app = await startApp({ env, command: ['sh', '-c', start] });
  });

  test('keeps a guest’s wishes in the session, and those of users in a table', async () => {
    const browser = new Browser(app.url);
    const wishes = ['a boat', 'a <b>big</b> one'];
    for (const wish of wishes) expect((await browser.post('/wishes', { wish })).status).toBe(303);
    const stranger = await browser.get('/wishes');
    expect(stranger.headers.get('location')).toBe('/login?next=%2Fwishes');

    await browser.logIn();
    expect(await browser.json('/wishes')).toEqual({ kept: [], noted: wishes });
    const page = await (await browser.get('/wishes')).text();
    expect(page).toContain('a &lt;b&gt;big&lt;/b&gt; one');
    expect(page).toContain(
      'Wishes <span class="badge" aria-hidden="true">2</span><span class="unseen">, 2 new wishes</span>',
    );

    expect((await browser.post('/wishes/keep', {})).status).toBe(303);
    expect(await browser.json('/wishes')).toEqual({ kept: wishes, noted: [] });
    const elsewhere = new Browser(app.url);
    await elsewhere.logIn();
    expect(await elsewhere.json('/wishes')).toEqual({ kept: wishes, noted: [] });
  });

  test('says what is wrong with a wish, and takes no more than its settings allow', async () => {
    const browser = new Browser(app.url);
    expect((await browser.post('/wishes', { wish: ' ' })).status).toBe(422);
    for (let i = 0; i < 20; i++) await browser.post('/wishes', { wish: `wish ${i}` });
    const refused = await browser.post('/wishes', { wish: 'one too many' });
    expect(await refused.text()).toContain('There is room for 20 new wishes.');
  });

  test('drops the wishes of a user whose account is deleted', async () => {
    const browser = new Browser(app.url);
    await browser.logIn('grace@example.com');
    await browser.post('/wishes', { wish: 'a kite' });
    await browser.post('/wishes/keep', {});
    const client = new Client(stack.postgres.url);
    await client.connect();
    const wished = "SELECT 1 FROM wishes WHERE text = 'a kite'";
    expect((await client.query(wished)).rowCount).toBe(1);
    await client.query("DELETE FROM users WHERE email = 'grace@example.com'");
    expect((await client.query(wished)).rowCount).toBe(0);
    await client.end();
  });

  test('keeps its sessions in SQLite', async () => {
    const database = new Database(join(folder, 'sessions.db'));
    expect(database.prepare('SELECT 1 FROM sessions WHERE owner IS NOT NULL').all()).toHaveLength(
      3,
    );
    expect(await stack.redis.call('DBSIZE')).toBe(0);
  });

  test('logs in by a link that comes by email, once', async () => {
    const browser = new Browser(app.url);
    expect(await (await browser.get('/login')).text()).toContain('href="/login/link"');
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
