import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type App, startApp } from '../../dev/app.js';
import { migrate, seed } from '../../dev/database.js';
import { tempFolder } from '../../dev/guard.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { type RedisServer, startRedis } from '../../dev/redis.js';
import { soak } from '../soak.js';
import { NONE, Shoppers } from './shoppers.js';

const TIMES = soak(2, 10);

let postgres: PostgresServer;
let redis: RedisServer;
let env: Record<string, string>;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  env = {
    ...{ NODE_ENV: 'demo', LOG_LEVEL: 'info', WORKERS: '2' },
    ...{ DATABASE_URL: postgres.url, REDIS_URL: redis.url },
  };
  await migrate(env);
  await seed(env);
});
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
});

let app: App;
let file: string;
const settings = readFileSync('config/server.yaml', 'utf8');

async function start(changed: string = settings): Promise<void> {
  file = join(tempFolder('config'), 'server.yaml');
  writeFileSync(file, changed);
  app = await startApp({
    env,
    command: [process.execPath, '--enable-source-maps', 'dist/src/main.js', '--config', file],
  });
}
afterEach(async () => app.stop());

const starts = () => app.output().split('"msg":"worker ready"').length - 1;

test('workers that have answered their share are replaced, and nobody notices', async () => {
  await start(settings.replace('max_requests: 10000', 'max_requests: 200'));
  const shoppers = await Shoppers.at(app.url);
  while (starts() < 2 + TIMES) await shoppers.goOn();
  expect(await shoppers.stop()).toEqual(NONE);
});

test('SIGHUP replaces all workers, and nobody notices', async () => {
  await start();
  const shoppers = await Shoppers.at(app.url);
  for (let i = 1; i <= TIMES; i++) {
    app.process.kill('SIGHUP');
    while (starts() < 2 + 2 * i) await shoppers.goOn();
  }
  expect(await shoppers.stop()).toEqual(NONE);
});

test('a changed setting replaces all workers, and nobody notices', async () => {
  await start();
  const shoppers = await Shoppers.at(app.url);
  for (let i = 1; i <= TIMES; i++) {
    writeFileSync(file, settings.replace('ttl_seconds: 86400', `ttl_seconds: ${86_400 + i}`));
    while (starts() < 2 + 2 * i) await shoppers.goOn();
  }
  expect(await shoppers.stop()).toEqual(NONE);
});
