import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { Pool } from 'pg';

import { EngineDatabase } from './engine-database.js';
import { schemaEngineClass } from './schema-engine-wasm.js';

/** Filters that leave nothing out. */
export const everything = { externalTables: [], externalEnums: [] };

/** All that the engine needs of the schema by itself: migrations, and comparisons of schemas, have theirs. */
const DATABASE = 'datasource db { provider = "postgresql" }';

/** How long a connection may take until the database counts as not there. */
const CONNECT_TIMEOUT_MS = 10_000;

/** The advisory lock that Prisma's own commands take too. */
const MIGRATION_LOCK = 72_707_369;

/**
 * Lends Prisma's schema engine, built for WebAssembly, on a database: what `prisma migrate` does, without the native
 * engine that its CLI downloads. One process at a time has it: others wait for their turn.
 * @throws Error with a message in one line when the database can't be used
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const address = addressOf(databaseUrl);
  // One connection, kept until the end: the lock belongs to a connection, not to a process.
  const pool = new Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 0,
    max: 1,
  });
  try {
    await takeLock(pool, address);
    return await use(await openEngine(pool));
  } finally {
    await pool.end();
  }
}

/** Where a database is, without the password that its URL may hold. */
function addressOf(databaseUrl: string): string {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : null;
  if (url?.protocol !== 'postgresql:' && url?.protocol !== 'postgres:') {
    throw new Error('the database URL is not one like postgresql://user:password@host:5432/name');
  }
  return `${url.host}${url.pathname}`;
}

/**
 * The engine takes the same lock again, which one connection may. By itself it gives up waiting after 10 s, and a
 * migration of many rows takes longer.
 */
async function takeLock(pool: Pool, address: string): Promise<void> {
  try {
    await pool.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    throw new Error(`can't use the database at ${address}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  // A name with an IPv4 and an IPv6 address fails once for each.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

async function openEngine(pool: Pool): Promise<SchemaEngine> {
  const Engine = await schemaEngineClass();
  const database = bindMigrationAwareSqlAdapterFactory(new EngineDatabase(pool));
  return Engine.new({ datamodels: [['database.prisma', DATABASE]] }, ignoreLog, database);
}

/** What goes wrong comes as an error: the engine's log has nothing to add. */
function ignoreLog(): void {}
