import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';

import { isProgram } from './is-program.js';
import { readMigrations } from './migrations.js';
import { everything, withSchemaEngine } from './engine/schema-engine.js';

/**
 * Applies the migrations that a database lacks, as `prisma migrate deploy` does; resolves to their names. Processes
 * that migrate the same database at once take turns.
 * @throws Error whose message says in one line what is wrong with the URL, the database or a migration
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const migrations = await readMigrations();
  return withSchemaEngine(databaseUrl, async (engine) => apply(engine, migrations));
}

async function apply(engine: SchemaEngine, migrationsList: MigrationList): Promise<string[]> {
  const history = { migrationsList, filters: everything, optInToShadowDatabase: false };
  const before = await engine.diagnoseMigrationHistory(history);
  try {
    return (await engine.applyMigrations(history)).appliedMigrationNames;
  } catch (error) {
    const after = await engine.diagnoseMigrationHistory(history);
    const failed = after.failedMigrationNames.find(
      (name) => !before.failedMigrationNames.includes(name),
    );
    if (failed === undefined) throw new Error(inOneLine(error), { cause: error });
    // It ran as one transaction, so nothing of it is left. Saying so lets the next try begin as if it had not been.
    await engine.markMigrationRolledBack({ migrationName: failed });
    throw new Error(`${failed} failed and was rolled back: ${inOneLine(error)}`, { cause: error });
  }
}

/** What the engine says, without its own call stack. */
function inOneLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  return lines
    .filter((line) => !/^external connector error$|^\s+(\d+: |with |at )/.test(line))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: it names the database to migrate');
  const applied = await migrate(url);
  process.stdout.write(
    applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'the database is up to date\n',
  );
}

if (isProgram(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`migrate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
