import { parseArgs } from 'node:util';

import { type App, startApp } from './app.js';
import { migrate, seed } from './database.js';
import { freePort, isFree } from './free-port.js';
import { NotInstalled } from './install.js';
import { Mailbox } from './mailbox.js';
import { startPostgres } from './postgres.js';
import type { ServerProcess } from './server-process.js';
import { type StoreName, STORES, useSessionStore } from './session-store.js';
import { frame, say, step } from './terminal.js';

/**
 * `npm run demo`: starts what is missing (a server that a variable names is used and not started), then the program.
 * With --watch the program is compiled and started anew whenever a file changes.
 */

type Variables = Record<string, string>;

const DEFAULTS = { NODE_ENV: 'demo', PORT: '3000', LOG_LEVEL: 'warn', WORKERS: '2' };

/** The servers that were started, to be stopped with the demo. */
const servers: ServerProcess[] = [];

const { values: options } = parseArgs({
  options: { watch: { type: 'boolean', default: false }, store: { type: 'string' } },
});

try {
  await demo(options.watch);
} catch (error) {
  say(`\n${error instanceof Error ? error.message : String(error)}`);
  await stop();
  process.exit(1);
}

async function demo(watch: boolean): Promise<void> {
  const env: Variables = { ...DEFAULTS, ...ownVariables() };
  const port = Number(env['PORT']);
  if (port !== 0 && !(await isFree(port))) {
    throw new Error(`Port ${port} is taken. Take another: PORT=${port + 1} npm run demo`);
  }
  // The links in mails name it before the program listens.
  if (port === 0) env['PORT'] = String(await freePort());
  env['PUBLIC_URL'] ??= `http://127.0.0.1:${env['PORT']}`;
  env['MAIL_URL'] ??= new Mailbox().url;
  const store = storeName(env);
  const users = await step('PostgreSQL', async () => usePostgres(env));
  const sessions = await step('Sessions', async () => useStore(store, env));
  await step('Tables', async () => migrate(env));
  await step('Demo data', async () => seed(env));
  let url = '';
  await step('Program', async () => {
    ({ url } = await startProgram(env, watch));
    return env['WORKERS'] === '1' ? '1 worker' : `${env['WORKERS']} workers`;
  });
  frame([
    `Ready: ${url}`,
    '',
    'Log in as   ada@example.com',
    'Password    tea for two at noon',
    '',
    `Users       ${users}`,
    `Sessions    ${sessions}`,
    `Mails       ${env['MAIL_URL'].startsWith('file:') ? `${url}/inbox` : 'the mail server of MAIL_URL'}`,
    '',
    'Ctrl-C stops all of it.',
  ]);
}

/** The variables that are set for the program: they win over the demo's own. */
function ownVariables(): Variables {
  const names = [
    ...['PORT', 'WORKERS', 'LOG_LEVEL', 'SESSION_STORE', 'SESSION_FOLDER'],
    ...['DATABASE_URL', 'REDIS_URL', 'MEMCACHED_URL', 'MYSQL_URL', 'MAIL_URL', 'PUBLIC_URL'],
  ];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

/** Resolves to where users and products are, in words. */
async function usePostgres(env: Variables): Promise<string> {
  if (env['DATABASE_URL']) return 'the PostgreSQL of DATABASE_URL';
  try {
    const postgres = await startPostgres();
    servers.push(postgres);
    env['DATABASE_URL'] = postgres.url;
    return `a private PostgreSQL: ${postgres.url}`;
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    const remedy = 'DATABASE_URL=postgresql://user:password@host:5432/name npm run demo';
    throw new Error(`${error.message}. Name a database of your own:\n  ${remedy}`, {
      cause: error,
    });
  }
}

/** Resolves to where sessions are, in words. */
async function useStore(store: StoreName, env: Variables): Promise<string> {
  const { where, server } = await useSessionStore(store, env, { say });
  if (server) servers.push(server);
  return where;
}

function storeName(env: Variables): StoreName {
  const asked = options.store ?? env['SESSION_STORE'] ?? 'redis';
  const store = STORES.find((name) => name === asked);
  if (store) return store;
  throw new Error(
    `There is no session store ${JSON.stringify(asked)}. There are: ${STORES.join(', ')}`,
  );
}

async function startProgram(env: Variables, watch: boolean): Promise<App> {
  let show = watch;
  const app = await startApp({
    env,
    ...(watch ? { command: ['node_modules/.bin/nest', 'start', '--watch'] } : {}),
    onLine: (line) => {
      if (show && !line.includes('"msg":"ready"')) say(line);
    },
  });
  // What it wrote before that is in the error when it does not get ready.
  show = true;
  stopTogether(app);
  return app;
}

/** Ctrl-C ends the program in an orderly way, then the servers. */
function stopTogether(app: App): void {
  let stopping = false;
  const stopAll = async (): Promise<void> => {
    // npm and the terminal may both pass on the same Ctrl-C.
    if (stopping) return;
    stopping = true;
    say('\nStopping …');
    await app.stop();
    await stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stopAll());
  }
  app.process.once('close', (code, signal) => {
    if (stopping) return;
    stopping = true;
    say(
      `The program ended by itself (${signal ?? code}); what it wrote last:\n${app.output().slice(-4_000)}`,
    );
    void stop().then(() => process.exit(1));
  });
}

async function stop(): Promise<void> {
  await Promise.all(servers.map(async (server) => server.stop()));
}
