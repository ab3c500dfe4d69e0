import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('the migrations make what the schema says', async () => {
  expect(await schemaChanges(await server.createDatabase('agreement'))).toBeNull();
});

describe('the tables of a feature', () => {
  const MODEL = `model Note {
  id     Int     @id
  /// The foreign key is in the migration.
  userId String? @map("user_id") @db.Uuid
  text   String

  @@map("notes")
}`;
  const MIGRATION = `CREATE TABLE "notes" (
    "id" INTEGER NOT NULL,
    "user_id" UUID,
    "text" TEXT NOT NULL,
    CONSTRAINT "notes_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "notes" ADD CONSTRAINT "notes_user_id_fkey"
    FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;`;

  /** What a project says of its own schema that has these tables besides those of the app. */
  async function changesWith(
    database: string,
    model: string,
    migration = MIGRATION,
  ): Promise<string> {
    const cwd = project();
    addMigration(cwd, '99990101000000_notes', migration);
    mkdirSync(join(cwd, 'src/notes'), { recursive: true });
    for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.prisma')) cpSync(join('src', file), join(cwd, 'src', file));
    }
    writeFileSync(join(cwd, 'src/notes/notes.prisma'), model);
    const script = `const { schemaChanges } = await import('${resolve('dist/prisma/schema-changes.js')}');
      process.stdout.write((await schemaChanges(process.env.DATABASE_URL)) ?? 'none');`;
    const command = [process.execPath, '--input-type=module', '--eval', script];
    const env = { DATABASE_URL: await server.createDatabase(database) };
    return (await run(command, { cwd, env })).output;
  }

  test('may have a foreign key to users that the migration alone names', async () => {
    expect(await changesWith('foreign_key', MODEL)).toBe('none');
  });

  test('have all other foreign keys in the schema', async () => {
    const related = MIGRATION.replaceAll('users', 'notes').replaceAll('user_id', 'parent_id');
    const model = MODEL.replace('userId', 'parentId').replace('user_id', 'parent_id');
    const own = related.replace('"parent_id" UUID', '"parent_id" INTEGER');
    const changes = await changesWith(
      'own_key',
      model.replace('String? @map("parent_id") @db.Uuid', 'Int? @map("parent_id")'),
      own,
    );
    expect(changes).toContain('DROP CONSTRAINT "notes_parent_id_fkey"');
  });

  test('are compared with the schema otherwise', async () => {
    const changed = MODEL.replace('text   String', 'text   String?');
    expect(await changesWith('drift', changed)).toBe(
      '-- AlterTable\nALTER TABLE "notes" ALTER COLUMN "text" DROP NOT NULL;',
    );
  });
});

test('of four at once one migrates and the others find nothing to do', async () => {
  const url = await server.createDatabase('rivals');
  const outcomes = await Promise.all(Array.from({ length: 4 }, async () => migrate(url)));
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  expect(outcomes.filter(({ output }) => output.includes('_init'))).toHaveLength(1);
});

test('a migration that fails leaves nothing behind and can be tried again', async () => {
  const url = await server.createDatabase('failure');
  const cwd = project();
  const half = `CREATE TABLE more (text TEXT DEFAULT ';');`;

  addMigration(cwd, '99990101000000_more', `${half} SELECT 1 / 0;`);
  const failed = await migrate(url, { cwd });
  expect(failed.ok).toBe(false);
  expect(failed.output).toMatch(
    /99990101000000_more failed and was rolled back: .*division by zero/,
  );
  expect(await tables(url)).toEqual(expect.not.arrayContaining(['more']));

  addMigration(cwd, '99990101000000_more', half);
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

/** A project with the migrations of this one. */
function project(): string {
  const folder = tempFolder('project');
  cpSync('prisma', join(folder, 'prisma'), { recursive: true });
  return folder;
}

function addMigration(folder: string, name: string, sql: string): void {
  const migration = join(folder, 'prisma/migrations', name);
  mkdirSync(migration, { recursive: true });
  writeFileSync(join(migration, 'migration.sql'), sql);
}

async function tables(connectionString: string): Promise<string[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  await client.end();
  return rows.map(({ name }) => name);
}
