import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import * as binding from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Pool } from 'pg';

/** Where schema and migrations lie: seen from the project's root, where every command of it is run. */
const SCHEMA = resolve('prisma/schema.prisma');
const MIGRATIONS = resolve('prisma/migrations');

const { SchemaEngine } = binding;
type SchemaEngine = binding.SchemaEngine;

/** Filters that leave nothing out. */
export const everything = { externalTables: [], externalEnums: [] };

/**
 * Lends Prisma's schema engine, built for WebAssembly, on a database: what `prisma migrate` does, without the native
 * engine that its CLI downloads. While it migrates it holds an advisory lock, so others wait for their turn.
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await (instantiated ??= instantiate());
  const pool = new Pool({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    return await use(await openEngine(pool));
  } finally {
    await pool.end();
  }
}

export async function readSchema(): Promise<{ path: string; content: string }> {
  return { path: SCHEMA, content: await readFile(SCHEMA, 'utf8') };
}

/** The migrations as they lie in prisma/migrations, in their order. */
export async function readMigrations(): Promise<MigrationList> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return {
    baseDir: MIGRATIONS,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      folders.toSorted().map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(MIGRATIONS, path, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}

async function openEngine(pool: Pool): Promise<SchemaEngine> {
  const { path, content } = await readSchema();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool, { schema: 'public' }));
  return SchemaEngine.new({ datamodels: [[path, content]] }, ignoreLog, adapter);
}

/** Once a process: a second instance would pull the memory from under the first. */
let instantiated: Promise<void> | null = null;

async function instantiate(): Promise<void> {
  const { resolve: locate } = createRequire(import.meta.url);
  const script = locate('@prisma/schema-engine-wasm');
  const bytes = await readFile(join(dirname(script), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': binding });
  binding.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

function ignoreLog(): void {}

/** Node has it; the types of it come with those of browsers, which this project has no use for. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};
