import { migrate } from './migrate.js';
import { readSchema } from './migrations.js';
import { everything, withSchemaEngine } from './engine/schema-engine.js';

/**
 * The SQL that brings a database with all migrations to what schema.prisma says; null when they agree already.
 * It migrates the database, which should be an empty one that nobody needs.
 */
export async function schemaChanges(databaseUrl: string): Promise<string | null> {
  await migrate(databaseUrl);
  const files = [await readSchema()];
  return withSchemaEngine(databaseUrl, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: process.cwd() },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: everything,
    });
    return exitCode === 0 ? null : stdout;
  });
}
