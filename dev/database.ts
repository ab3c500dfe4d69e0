import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

type Variables = Readonly<Record<string, string>>;

/** Brings the tables of DATABASE_URL up to date; resolves to what was done, in words. */
export async function migrate(env: Variables): Promise<string> {
  return run('dist/prisma/migrate.js', env);
}

/** Fills the tables of DATABASE_URL with the demo's users and products; resolves to what was done, in words. */
export async function seed(env: Variables): Promise<string> {
  return run('dist/prisma/seed.js', env);
}

/** Runs a built program: what production runs, and nothing that only compiles here. */
async function run(program: string, env: Variables): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: { ...process.env, ...env },
  });
  return stdout.trim();
}
