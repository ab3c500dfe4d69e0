import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

import { type App, startApp } from '../../dev/app.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { type RedisServer, startRedis } from '../../dev/redis.js';
import { run } from '../../dev/run.js';
import { soak } from '../soak.js';
import { dockerfile, makeImage } from './image.js';

/** The image's folder, by the Dockerfile's own steps: in the soak run with npm, otherwise from the packages that are here. */
let image: string;
let postgres: PostgresServer;
let redis: RedisServer;
beforeAll(async () => {
  [image, postgres, redis] = await Promise.all([
    makeImage({ withNpm: soak(0, 1) === 1 }),
    startPostgres(),
    startRedis(),
  ]);
}, 600_000);
afterAll(async () => Promise.all([postgres.stop(), redis.stop()]));

/** The image's program as its CMD names it, with nothing but variables. */
async function start(WORKERS: string): Promise<App> {
  const cmd = dockerfile().image.findLast((line) => line.startsWith('CMD '));
  const [, ...args] = JSON.parse(cmd!.replace('CMD ', '')) as string[];
  const here = `cd '${image}' && exec "$0" "$@"`;
  return startApp({
    env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, WORKERS, NODE_ENV: 'production' },
    command: ['sh', '-c', here, process.execPath, ...args],
  });
}

test('it has no package that only builds or tests, and no engine of Prisma', () => {
  const { devDependencies, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: Record<string, string>;
    dependencies: Record<string, string>;
  };
  const has = (name: string) => existsSync(join(image, 'node_modules', name));
  // Dependencies of what the program needs, too.
  const needed = ['@types/node', '@types/pg', 'safe-regex2'];
  expect(Object.keys(devDependencies).filter(has)).toEqual(needed);
  expect(Object.keys(dependencies).filter((name) => !has(name))).toEqual([]);
  const files = readdirSync(join(image, 'node_modules'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => /schema-engine-|libquery_engine/.test(file))).toEqual([
    // The WebAssembly with which it migrates.
    '@prisma/schema-engine-wasm',
    ...files.filter((file) => file.startsWith('@prisma/schema-engine-wasm/')),
  ]);
});

test('it migrates with nothing but the address of the database', async () => {
  const migration = await run([process.execPath, 'dist/prisma/migrate.js'], {
    cwd: image,
    env: { DATABASE_URL: postgres.url },
  });
  expect(migration).toMatchObject({ ok: true, output: expect.stringMatching(/^applied /) });
});

test.each(['1', '2'])(
  'it starts with nothing but variables, and ends at SIGTERM: %s',
  async (workers) => {
    const app = await start(workers);
    expect((await fetch(app.url)).status).toBe(200);
    expect((await fetch(`${app.url}/styles.css`)).status).toBe(200);
    const ended = once(app.process, 'exit');
    app.process.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  },
);

test('browsers keep the files that a page names, and those of another version nobody keeps', async () => {
  const app = await start('1');
  const page = await (await fetch(app.url)).text();
  const named = page.match(/(?<=(?:href|src)=")[^"]*\.(?:css|js|svg)[^"]*/g)!;
  expect(named.length).toBeGreaterThan(3);
  for (const address of named) {
    const [path] = address.split('?');
    const answers = [address, path, `${path}?another`].map(async (each) => fetch(app.url + each));
    const [kept, ...others] = await Promise.all(answers);
    expect(kept!.status).toBe(200);
    expect(kept!.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    for (const { status, headers } of others) {
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=0']);
    }
  }
  await app.stop();
});

test('its health check tells a program that is ready from one that is not', async () => {
  const line = dockerfile().image.find((one) => one.startsWith('HEALTHCHECK'));
  const [, ...args] = JSON.parse(/CMD (\[.*\])$/.exec(line!)![1]!) as string[];
  const app = await start('1');
  const env = { PORT: new URL(app.url).port };
  expect((await run([process.execPath, ...args], { env })).ok).toBe(true);
  await redis.freeze();
  expect((await run([process.execPath, ...args], { env })).ok).toBe(false);
  redis.thaw();
  await app.stop();
  expect((await run([process.execPath, ...args], { env })).ok).toBe(false);
});

test('it runs as nobody who may change it', () => {
  const { image: lines } = dockerfile();
  expect(lines).toContain('USER node');
  expect(lines.filter((line) => /^COPY .*--chown/.test(line))).toEqual([]);
});
