import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';

import { migrate, seed } from './database.js';
import { startPostgres } from './postgres.js';

/** Where tools keep what they can make again. */
const CACHE = 'node_modules/.cache/nest-session-starter';

/** What the tables and what is in them are made from. */
const SOURCES = ['prisma', 'config/server.yaml', 'package-lock.json'];

/**
 * A data folder of PostgreSQL with the program's tables and data to try, for servers to begin with a copy of:
 * to make all of it anew for each takes seconds. It is made once, and again when what it comes from changes.
 */
export async function seededCluster(): Promise<string> {
  const folder = join(CACHE, `cluster-${fingerprint()}`);
  if (!existsSync(folder)) await make(folder);
  return folder;
}

async function make(folder: string): Promise<void> {
  const postgres = await startPostgres();
  const env = { DATABASE_URL: postgres.url, NODE_ENV: 'development' };
  await migrate(env);
  await seed(env);
  await postgres.stop();
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  cpSync(postgres.data, unfinished, { recursive: true });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process was faster, which is as good.
    if (!existsSync(folder)) throw error;
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesOf)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? join(entry.parentPath, entry.name) : []));
}
