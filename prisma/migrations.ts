import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { MigrationDirectory, MigrationList } from '@prisma/schema-engine-wasm';

/** Where the migrations lie, seen from the project's root, where every program of it is run. */
export const MIGRATIONS = resolve('prisma/migrations');

/** The migrations as the engine takes them, in their order. */
export async function readMigrations(): Promise<MigrationList> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return {
    baseDir: MIGRATIONS,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(join(MIGRATIONS, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.toSorted().map(readMigration)),
  };
}

async function readMigration(path: string): Promise<MigrationDirectory> {
  const value = await readFile(join(MIGRATIONS, path, 'migration.sql'), 'utf8');
  return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } } };
}
