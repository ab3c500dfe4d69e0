import { defineConfig } from 'prisma/config';

// `prisma generate` runs no engine, but the CLI would download one. Migrations run by prisma/migrate.ts.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma' });
