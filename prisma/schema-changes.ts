import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';

import { migrate } from './migrate.js';
import { everything, withSchemaEngine } from './engine/schema-engine.js';

/** Where the schema lies: a file for each feature that has tables. */
const SCHEMA = 'src';

interface SchemaFile {
  readonly path: string;
  readonly content: string;
}

/**
 * The SQL that brings a database with all migrations to what the schema says; null when they agree already.
 * It migrates the database, which should be an empty one that nobody needs.
 */
export async function schemaChanges(databaseUrl: string): Promise<string | null> {
  await migrate(databaseUrl);
  const files = await readSchema();
  const { exitCode, stdout } = await withSchemaEngine(databaseUrl, async (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: process.cwd() },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: everything,
    }),
  );
  if (exitCode === 0) return null;
  const kept = await foreignKeysBetween(files, databaseUrl);
  const changes = withoutDropsOf(kept, stdout ?? '').trim();
  return changes === '' ? null : `${changes}\n`;
}

async function readSchema(): Promise<SchemaFile[]> {
  const names = await readdir(SCHEMA, { recursive: true });
  const paths = names.filter((name) => name.endsWith('.prisma')).map((name) => join(SCHEMA, name));
  return Promise.all(
    paths.toSorted().map(async (path) => ({ path, content: await readFile(path, 'utf8') })),
  );
}

/**
 * The names of the foreign keys from a table of one file to a table of another. Prisma takes a relation only if both
 * models name it, and no model names one of another feature: such a foreign key is in a migration alone.
 */
async function foreignKeysBetween(
  files: readonly SchemaFile[],
  databaseUrl: string,
): Promise<Set<string>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; from: string; to: string }>(FOREIGN_KEYS);
    const fileOf = (table: string) => files.find(({ content }) => tablesIn(content).has(table));
    const between = rows.filter(({ from, to }) => {
      const [one, other] = [fileOf(from), fileOf(to)];
      return one !== undefined && other !== undefined && one !== other;
    });
    return new Set(between.map(({ name }) => name));
  } finally {
    await client.end();
  }
}

/** The tables of a schema file: a model has the name that `@@map` gives it, or else its own. */
function tablesIn(schema: string): Set<string> {
  const models = [...schema.matchAll(/^model (\w+) \{([^]*?)^\}/gm)];
  const names = models.map(
    ([, name = '', body = '']) => /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
  );
  return new Set(names);
}

const FOREIGN_KEYS = `
  SELECT conname AS name, "from".relname AS "from", "to".relname AS "to"
  FROM pg_constraint
  JOIN pg_class AS "from" ON "from".oid = conrelid
  JOIN pg_class AS "to" ON "to".oid = confrelid
  WHERE contype = 'f'`;

function withoutDropsOf(foreignKeys: ReadonlySet<string>, sql: string): string {
  const drop = /^-- DropForeignKey\nALTER TABLE "\w+" DROP CONSTRAINT "(\w+)";\n\n?/gm;
  return sql.replaceAll(drop, (statement, name: string) =>
    foreignKeys.has(name) ? '' : statement,
  );
}
