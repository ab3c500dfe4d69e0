import { APP } from '../../dev/app.js';
import { migrate } from '../../dev/database.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { type Outcome, run } from '../../dev/run.js';
import { ask } from '../app/in-postgres.js';
import { ACCOUNTS } from '../counter/accounts.js';
import { COUNTER_APP } from '../counter/stack.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

async function seed(program: string, url: string, environment: string): Promise<Outcome> {
  const env = { DATABASE_URL: url, NODE_ENV: environment };
  return run([process.execPath, program], { env });
}

/** What is in the tables, but for those of Prisma itself; tables without a row are left out. */
async function contentsOf(url: string): Promise<Record<string, string>> {
  const tables = await ask<{ name: string }>(
    url,
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'",
  );
  const contents: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await ask(url, `SELECT * FROM "${name}" ORDER BY 1`);
    if (rows.length > 0) contents[name] = JSON.stringify(rows);
  }
  return contents;
}

async function migrated(name: string): Promise<string> {
  const url = await server.createDatabase(name);
  await migrate({ DATABASE_URL: url });
  return url;
}

const PROGRAMS = [
  ['app', APP.seed],
  ['counter', COUNTER_APP.seed],
] as const;

test.each(PROGRAMS)(
  'there are no accounts but those that people make: the seed refuses production: %s',
  async (name, program) => {
    const url = await migrated(`${name}_production`);
    const { ok, output } = await seed(program, url, 'production');
    expect(ok).toBe(false);
    expect(output).toMatch(/^seed: .*not for production$/);
    expect(await contentsOf(url)).toEqual({});
  },
);

test.each(PROGRAMS)(
  'elsewhere it makes what is not there yet, however often it runs: %s',
  async (name, program) => {
    const url = await migrated(name);
    const first = await seed(program, url, 'development');
    expect(first.ok).toBe(true);
    const made = await contentsOf(url);
    expect(await seed(program, url, 'development')).toEqual(first);
    expect(await contentsOf(url)).toEqual(made);
  },
);

test('the seed of a feature makes its accounts', async () => {
  const url = await migrated('accounts');
  expect(await seed(COUNTER_APP.seed, url, 'development')).toEqual({ ok: true, output: '' });
  const { users = '' } = await contentsOf(url);
  for (const { email } of ACCOUNTS) expect(users).toContain(email);
});
