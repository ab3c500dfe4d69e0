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
import { dirname, join } from 'node:path';

import type { BuiltApp } from './app.js';
import { migrate, seed } from './database.js';
import { startPostgres } from './postgres.js';

/** Where tools keep what they can make again. */
const CACHE = 'node_modules/.cache/nest-session-starter';

/** What the tables and what is in them are made from. */
const SOURCES = ['prisma', 'config/server.yaml', 'package-lock.json'];
const SOURCES_OF_FEATURES = /\.(?:prisma|seed\.ts)$/;

/**
 * A data folder of PostgreSQL with an app's tables and data to try, for servers to begin with a copy of:
 * to make all of it anew for each takes seconds. It is made once, and again when what it comes from changes.
 */
export async function seededCluster({ seed: program }: BuiltApp): Promise<string> {
  const folder = join(CACHE, `cluster-${fingerprint(program)}`);
  if (!existsSync(folder)) await make(folder, program);
  return folder;
}

async function make(folder: string, seedProgram: string): Promise<void> {
  const postgres = await startPostgres();
  const env = { DATABASE_URL: postgres.url, NODE_ENV: 'development' };
  await migrate(env);
  await seed(env, seedProgram);
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

function fingerprint(seedProgram: string): string {
  const hash = createHash('sha256').update(seedProgram);
  const ofFeatures = filesOf('src').filter((file) => SOURCES_OF_FEATURES.test(file));
  const files = [...SOURCES, dirname(seedProgram)].flatMap(filesOf);
  for (const file of [...files, ...ofFeatures]) hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? join(entry.parentPath, entry.name) : []));
}
