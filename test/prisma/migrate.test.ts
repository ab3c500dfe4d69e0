import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Client } from 'pg';

import { tempFolder } from '../../dev/guard.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { type Outcome, run } from '../../dev/run.js';
import { schemaChanges } from '../../prisma/schema-changes.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

const MIGRATE = 'dist/prisma/migrate.js';
const migrate = async (url: string, { cwd = '.', program = MIGRATE } = {}): Promise<Outcome> =>
  run([process.execPath, resolve(program)], { cwd, env: { DATABASE_URL: url } });

test('the migrations make what schema.prisma says', async () => {
  expect(await schemaChanges(await server.createDatabase('agreement'))).toBeNull();
});

test('of four at once one migrates and the others find nothing to do', async () => {
  const url = await server.createDatabase('rivals');
  const outcomes = await Promise.all(Array.from({ length: 4 }, async () => migrate(url)));
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  expect(outcomes.filter(({ output }) => output.includes('_init'))).toHaveLength(1);
});

test('a migration that fails leaves nothing behind and can be tried again', async () => {
  const url = await server.createDatabase('failure');
  const cwd = tempFolder('project');
  cpSync('prisma', join(cwd, 'prisma'), { recursive: true });
  const migration = join(cwd, 'prisma/migrations/99990101000000_more');
  mkdirSync(migration);
  const half = `CREATE TABLE more (text TEXT DEFAULT ';');`;

  writeFileSync(join(migration, 'migration.sql'), `${half} SELECT 1 / 0;`);
  const failed = await migrate(url, { cwd });
  expect(failed.ok).toBe(false);
  expect(failed.output).toMatch(
    /99990101000000_more failed and was rolled back: .*division by zero/,
  );
  expect(await tables(url)).toEqual(expect.not.arrayContaining(['more']));

  writeFileSync(join(migration, 'migration.sql'), half);
  expect(await migrate(url, { cwd })).toEqual({
    ok: true,
    output: expect.stringContaining('_more'),
  });
  expect(await tables(url)).toContain('more');
});

test('it works through a link too, as to the current release', async () => {
  const link = join(tempFolder('release'), 'migrate.js');
  symlinkSync(resolve(MIGRATE), link);
  const url = await server.createDatabase('link');
  // Node finds the packages from where the link leads.
  expect((await migrate(url, { program: link })).ok).toBe(true);
  expect(await tables(url)).toContain('users');
  rmSync(link);
});

test('a database that is not there is named, without its password', async () => {
  const url = server.url.replace(/\/postgres$/, '/nowhere');
  const { ok, output } = await migrate(url);
  expect(ok).toBe(false);
  expect(output).toMatch(
    /^migrate: can't use the database at 127.0.0.1:\d+\/nowhere: .*"nowhere" does not exist$/,
  );
});

async function tables(connectionString: string): Promise<string[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  await client.end();
  return rows.map(({ name }) => name);
}
