import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { MIGRATIONS } from '../prisma/migrations.js';
import { schemaChanges } from '../prisma/schema-changes.js';
import { startPostgres } from './postgres.js';

/**
 * `npm run migration -- NAME`: writes a migration for what has changed in the *.prisma files of src/.
 * `npm run migration -- --check`: fails when there is something that no migration covers yet.
 * Both work on a private throw-away database.
 */
const USAGE = 'usage: npm run migration -- NAME   (small letters, digits and _)\n';

const {
  values: { check },
  positionals: [name = ''],
} = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});

try {
  await (check ? checkMigrations() : createMigration(name));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function checkMigrations(): Promise<void> {
  const sql = await changes();
  if (sql !== null) throw new Error(`no migration covers this change of the schema:\n\n${sql}`);
  process.stdout.write('the migrations cover all of the schema\n');
}

async function createMigration(migration: string): Promise<void> {
  if (!/^[a-z0-9_]+$/.test(migration)) throw new Error(USAGE);
  const sql = await changes();
  if (sql === null) {
    process.stdout.write('nothing to do: the migrations cover all of the schema\n');
    return;
  }
  const time = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(MIGRATIONS, `${time}_${migration}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  process.stdout.write(`wrote ${folder}/migration.sql: read it before you commit it\n`);
}

async function changes(): Promise<string | null> {
  const postgres = await startPostgres();
  try {
    return await schemaChanges(postgres.url);
  } finally {
    await postgres.stop();
  }
}
