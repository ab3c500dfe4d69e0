import type { Type } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';

import { FEATURES } from '../src/app.module.js';
import { loadConfig } from '../src/config/load-config.js';
import { PrismaClient } from '../src/database/generated/client.js';
import { featureOf } from '../src/feature/feature.js';
import { isProgram } from './is-program.js';

/**
 * Fills a database with what the features bring to try; resolves to what a developer wants to know of it: labels with
 * values. What is there already stays as it is. It may make accounts with public passwords, so it refuses to run in
 * production.
 */
export async function seed(
  features: readonly Type[],
  variables: NodeJS.ProcessEnv,
): Promise<[label: string, value: string][]> {
  const config = await loadConfig('config/server.yaml', variables);
  if (config.environment === 'production') {
    throw new Error('data to try, like accounts with public passwords, is not for production');
  }
  const database = new PrismaClient({
    adapter: new PrismaPg({ connectionString: config.database.url }),
  });
  try {
    const known: [string, string][] = [];
    for (const feature of features) {
      const facts = await featureOf(feature).seed?.(database, config);
      known.push(...Object.entries(facts ?? {}));
    }
    return known;
  } finally {
    await database.$disconnect();
  }
}

/** Seeds the database of DATABASE_URL and writes what there is to know of it, a line each: `Log in as: ada@example.com`. */
export async function runSeed(features: readonly Type[]): Promise<void> {
  try {
    const known = await seed(features, process.env);
    process.stdout.write(known.map(([label, value]) => `${label}: ${value}\n`).join(''));
  } catch (error) {
    process.stderr.write(`seed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

if (isProgram(import.meta.url)) await runSeed(FEATURES);
