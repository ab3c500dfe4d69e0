import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

type Variables = Readonly<Record<string, string>>;

/** Brings the tables of DATABASE_URL up to date; resolves to what was done, in words. */
export async function migrate(env: Variables): Promise<string> {
  return run('dist/prisma/migrate.js', env);
}

/** Fills the tables of DATABASE_URL with the demo's users and products; resolves to what was done, in words. */
export async function seed(env: Variables): Promise<string> {
  return run('dist/prisma/seed.js', env);
}

/** Runs a built program: what production runs, and nothing that only compiles here. @throws Error with its output */
async function run(program: string, env: Variables): Promise<string> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  if (code !== 0) throw new Error(`${program} ended with ${signal ?? code}: ${output}${errors}`);
  return output.trim();
}
