import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { type App, startApp } from '../../dev/app.js';
import { tempFolder } from '../../dev/guard.js';
import { run } from '../../dev/run.js';
import { type RedisStack, startStack } from '../../dev/stack.js';
import { Browser } from '../app/browser.js';

const PATCHES = [...readFileSync('docs/make-it-yours.md', 'utf8').matchAll(/```diff\n([^]*?)```/g)];

/** What is built, and what that takes. */
const PROGRAM = [
  ...['src', 'prisma', 'views', 'public', 'config'],
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
  const { ok, output } = await run(command, { cwd: folder });
  if (!ok) throw new Error(`${command.join(' ')}: ${output}`);
}

test('the patches apply one after the other, and what comes of it compiles', async () => {
  expect(PATCHES).toHaveLength(2);
  for (const [, patch = ''] of PATCHES) {
    writeFileSync(join(folder, 'next.diff'), patch);
    await runs('git', 'apply', 'next.diff');
    await runs('node_modules/.bin/tsc', '--project', '.');
  }
  await runs('node_modules/.bin/nest', 'build');
});

test('the page is for those who are logged in, and the wishes are in their session', async () => {
  const start = `cd ${folder} && exec ${process.execPath} dist/src/main.js`;
  app = await startApp({ env: stack.env, command: ['sh', '-c', start] });
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
