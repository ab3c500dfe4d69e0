import { Client } from 'pg';

import { migrate } from '../../dev/database.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { run } from '../../dev/run.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

const seed = async (environment: string) =>
  run([process.execPath, 'dist/prisma/seed.js'], {
    env: { DATABASE_URL: server.url, NODE_ENV: environment },
  });

const users = async (): Promise<number> => {
  const client = new Client(server.url);
  await client.connect();
  const { rowCount } = await client.query('SELECT 1 FROM users');
  await client.end();
  return rowCount ?? 0;
};

test('there are no accounts but those that people make: the seed refuses production', async () => {
  await migrate({ DATABASE_URL: server.url });
  const { ok, output } = await seed('production');
  expect(ok).toBe(false);
  expect(output).toContain('not in production');
  expect(await users()).toBe(0);
});

test('elsewhere it makes what is not there yet, however often it runs', async () => {
  for (let i = 0; i < 2; i++) {
    expect((await seed('development')).ok).toBe(true);
    expect(await users()).toBe(2);
  }
});
