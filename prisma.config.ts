import { defineConfig } from 'prisma/config';

// Only these commands run the schema engine, but the CLI downloads it for the others too: `generate`, `format`, …
// The project itself needs none: prisma/migrate.ts applies migrations, dev/create-migration.ts writes them.
const runsEngine = process.argv.includes('migrate') || process.argv.includes('db');
if (!runsEngine) process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

// Each feature has its tables in a file of its own.
export default defineConfig({ schema: 'src', migrations: { path: 'prisma/migrations' } });
