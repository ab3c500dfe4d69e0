import { run } from './run.js';

type Variables = Readonly<Record<string, string>>;

/** Brings the tables of DATABASE_URL up to date; resolves to what was done, in words. */
export async function migrate(env: Variables): Promise<string> {
  return runBuilt('dist/prisma/migrate.js', env);
}

/** Fills the tables of DATABASE_URL with data to try; resolves to what there is to know of it, a line each. */
export async function seed(env: Variables, program: string): Promise<string> {
  return runBuilt(program, env);
}

/** Runs a built program: what production runs, and nothing that only compiles here. @throws Error with its output */
async function runBuilt(program: string, env: Variables): Promise<string> {
  const { ok, output } = await run([process.execPath, program], {
    env: { ...process.env, ...env },
  });
  if (!ok) throw new Error(`${program} failed:\n${output}`);
  return output;
}
