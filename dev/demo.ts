import { parseArgs } from 'node:util';

import { type App, startApp } from './app.js';
import { migrate, seed } from './database.js';
import { NotInstalled } from './install.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';

/**
 * `npm run demo`: starts what is missing (a server that a variable names is used and not started), then the program.
 * With --watch the program is compiled and started anew whenever a file changes.
 */

type Variables = Record<string, string>;

const { values: options } = parseArgs({ options: { watch: { type: 'boolean', default: false } } });

try {
  await demo(options.watch);
} catch (error) {
  say(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function demo(watch: boolean): Promise<void> {
  const env: Variables = { NODE_ENV: 'demo', PORT: '3000', LOG_LEVEL: 'warn', ...ownVariables() };
  const where = {
    users: await step('PostgreSQL', async () => usePostgres(env)),
    sessions: await step('Sessions', async () => useStore(env)),
  };
  await step('Tables', async () => migrate(env));
  await step('Demo data', async () => seed(env));
  let app: App | undefined;
  await step('Program', async () => {
    app = await start(env, watch);
    return `${env['WORKERS'] ?? '2'} worker(s)`;
  });
  if (!app) return;
  stopTogether(app);
  say(box(app.url, where));
}

/** The variables that are set for the program: they win over the demo's own. */
function ownVariables(): Variables {
  const names = ['PORT', 'WORKERS', 'LOG_LEVEL', 'SESSION_STORE', 'DATABASE_URL', 'REDIS_URL'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

async function usePostgres(env: Variables): Promise<string> {
  if (env['DATABASE_URL']) return 'the one of DATABASE_URL';
  const { url } = await startPostgres();
  env['DATABASE_URL'] = url;
  return `a private one on port ${new URL(url).port}`;
}

async function useStore(env: Variables): Promise<string> {
  if (env['SESSION_STORE'] === 'memory') return inMemory(env);
  if (env['REDIS_URL']) return 'in the Redis of REDIS_URL';
  try {
    const { url } = await startRedis();
    env['REDIS_URL'] = url;
    return `in a private Redis on port ${new URL(url).port}`;
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    say(`  no Redis: ${error.message}\n  or name one: REDIS_URL=redis://host:6379 npm run demo\n`);
    return inMemory(env);
  }
}

/** One worker: what another has in its memory this one would not know. */
function inMemory(env: Variables): string {
  Object.assign(env, { SESSION_STORE: 'memory', WORKERS: '1' });
  return 'in the memory of the one worker: they end with it';
}

async function start(env: Variables, watch: boolean): Promise<App> {
  try {
    return await startApp({
      env,
      ...(watch ? { command: ['npx', 'nest', 'start', '--watch'] } : {}),
      onLine: (line) => {
        if (!line.includes('"msg":"ready"')) say(`${line}\n`);
      },
    });
  } catch (error) {
    if (error instanceof Error && error.message.includes('EADDRINUSE')) {
      throw new Error(`Port ${env['PORT']} is taken. Take another: PORT=3001 npm run demo`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Ctrl-C ends the program first, in an orderly way; the servers go with this process. */
function stopTogether(app: App): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping = true;
      say('\nStopping …\n');
      void app.stop().then(() => process.exit(0));
    });
  }
  app.process.once('close', (code) => {
    if (stopping) return;
    say(`The program ended with ${code}.\n`);
    process.exit(1);
  });
}

/** Shows a step, and when it is done what came of it and how long it took. */
async function step(name: string, take: () => Promise<string>): Promise<string> {
  const started = performance.now();
  const result = await take();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(`  ${name.padEnd(12)}${result} (${seconds} s)\n`);
  return result;
}

function box(url: string, where: { users: string; sessions: string }): string {
  const lines = [
    `Ready: ${url}`,
    '',
    'Log in as   ada@example.com',
    'Password    tea for two at noon',
    '',
    `Users       PostgreSQL: ${where.users}`,
    `Sessions    ${where.sessions}`,
    '',
    'Ctrl-C stops all of it.',
  ];
  const width = Math.max(...lines.map((line) => line.length)) + 2;
  const body = lines.map((line) => `│ ${line.padEnd(width)}│`);
  const edge = '─'.repeat(width + 1);
  return `\n╭${edge}╮\n${body.join('\n')}\n╰${edge}╯\n\n`;
}

function say(text: string): void {
  process.stdout.write(text);
}
