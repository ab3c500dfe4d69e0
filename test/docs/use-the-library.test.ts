import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { end, spawnGuarded } from '../../dev/guarded-process.js';
import { tempFolder } from '../../dev/guard.js';
import { type RedisServer, startRedis } from '../../dev/redis.js';
import { run } from '../../dev/run.js';
import { Browser } from '../app/browser.js';

const DOCUMENT = readFileSync('docs/use-the-library.md', 'utf8');

/** A code block that says which file it is. */
const FILE = /<!-- file (?<path>\S+) -->\s+```\w+\n(?<code>[\s\S]*?)```/g;

/** What a module imports: packages, and files by a relative path. */
const IMPORT = /(?:from |import\(|import )'(?<name>[^']+)'/g;

const library = readdirSync('src/session', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src/session', name));

function importsOf(file: string): string[] {
  const matches = readFileSync(file, 'utf8').matchAll(IMPORT);
  return [...matches].map(({ groups }) => groups?.['name'] ?? '');
}

test('the library imports nothing of the app', () => {
  const files = library.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => normalize(join(dirname(file), name.replace(/\.js$/, '.ts')))),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => !library.includes(file))).toEqual([]);
});

test('the document names each package that the library imports, and no other', () => {
  const packages = library
    .flatMap(importsOf)
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '');
  const named = [...DOCUMENT.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name]) => name ?? '');
  expect(named.toSorted()).toEqual([...new Set(packages)].toSorted());
  const installed = /^npm install (.*)$/m.exec(DOCUMENT)?.[1]?.split(' ') ?? [];
  expect(installed).toEqual(expect.arrayContaining(named));
});

describe('the application of the document', () => {
  let redis: RedisServer;
  let program: ChildProcess;
  let url: string;
  beforeAll(async () => {
    redis = await startRedis();
    const folder = makeApplication();
    const built = await run([process.execPath, resolve('node_modules/typescript/bin/tsc')], {
      cwd: folder,
    });
    expect(built).toEqual({ ok: true, output: '' });
    program = spawnGuarded(process.execPath, ['dist/main.js'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: '0', REDIS_URL: redis.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    url = await addressOf(program);
  });
  afterAll(async () => {
    await end(program, 'SIGTERM', 5_000);
    await redis.stop();
  });

  /** Makes it in a folder of its own, of what stands in the document and of the library. */
  function makeApplication(): string {
    const folder = tempFolder('application');
    for (const { groups } of DOCUMENT.matchAll(FILE)) {
      const path = join(folder, groups?.['path'] ?? '');
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, groups?.['code'] ?? '');
    }
    cpSync('src/session', join(folder, 'src/session'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    return folder;
  }

  /** Resolves to the address that it prints when it is ready. @throws Error when it ends before */
  async function addressOf(child: ChildProcess): Promise<string> {
    return new Promise((resolveTo, reject) => {
      createInterface(child.stdout!).on('line', (line) => {
        if (line.startsWith('http')) resolveTo(line);
      });
      child.once('exit', () => reject(new Error('the application ended before it was ready')));
    });
  }

  test('takes fewer than ten lines of the library', () => {
    const [lines = ''] = /SessionModule\.forRoot[\s\S]*?\n\}\);/.exec(DOCUMENT) ?? [];
    expect(lines).toContain('store: {');
    expect(lines.split('\n').length).toBeLessThan(10);
  });

  test('signs in, keeps what a guest has wished for, loses none of many wishes at once, and logs out', async () => {
    const browser = new Browser(url);
    const wish = async (text: string): Promise<number> =>
      (await browser.post('/wishes', { wish: text })).status;
    expect(await wish('as a guest')).toBe(204);
    expect((await browser.get('/wishes')).status).toBe(401);

    const guest = browser.cookie;
    expect((await browser.post('/login', { user: 'ada' })).status).toBe(204);
    expect(browser.cookie).not.toBe(guest);
    const many = Array.from({ length: 50 }, (_, i) => `wish ${i}`);
    expect(new Set(await Promise.all(many.map(wish)))).toEqual(new Set([204]));
    const { wishes, ...who } = await browser.json<{ wishes: string[] }>('/wishes');
    expect(who).toEqual({ owner: 'ada', devices: 1 });
    expect(wishes.toSorted()).toEqual(['as a guest', ...many].toSorted());

    const stolen = browser.cookie;
    expect((await browser.post('/logout', {})).status).toBe(204);
    browser.cookie = stolen;
    expect((await browser.get('/wishes')).status).toBe(401);
  });

  test('answers 503 while Redis is away, and knows everybody when it is back', async () => {
    const browser = new Browser(url);
    await browser.post('/login', { user: 'grace' });
    await redis.freeze();
    const response = await browser.get('/wishes');
    redis.thaw();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect((await browser.get('/wishes')).status).toBe(200);
  });
});
