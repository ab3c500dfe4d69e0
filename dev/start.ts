import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

import { loadConfig } from '../src/config/load-config.js';
import { APP, type App, startApp } from './app.js';
import { migrate, seed } from './database.js';
import { freePort, isFree } from './free-port.js';
import { NotInstalled } from './install.js';
import { Mailbox } from './mailbox.js';
import { expectDatabase, expectStore } from './named-servers.js';
import { startPostgres } from './postgres.js';
import type { ServerProcess } from './server-process.js';
import { type StoreName, STORES, useSessionStore } from './session-store.js';
import { frame, say, step } from './terminal.js';

/**
 * Starts what is missing (a server that a variable names is used and not started), then the program. With --watch the
 * program is compiled and started anew whenever a file changes.
 */

type Variables = Record<string, string>;

const DEFAULTS = { NODE_ENV: 'development', PORT: '3000', LOG_LEVEL: 'warn', WORKERS: '2' };

/** npm and the terminal may both pass on the same Ctrl-C: within this time they are one. */
const ONE_SIGNAL_MS = 500;

/** How it was asked for, to be said in remedies. */
const COMMAND = `npm run ${process.env['npm_lifecycle_event'] ?? 'start:dev'}`;

/** What was started, to be stopped with the program. */
const servers: ServerProcess[] = [];
let program: App | null = null;
let stoppingSince: number | null = null;

const { values: options } = parseArgs({
  options: { watch: { type: 'boolean', default: false }, store: { type: 'string' } },
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void onSignal());
}
try {
  await start(options.watch);
} catch (error) {
  // What is being stopped may well fail.
  if (stoppingSince === null) {
    say(`\n${inWords(error)}`);
    await stopServers();
    process.exit(1);
  }
}

async function start(watch: boolean): Promise<void> {
  const env: Variables = { ...DEFAULTS, ...ownVariables() };
  const store = storeName(env);
  if (!existsSync('dist/src/main.js')) {
    throw new Error(`The program is not built. Build it: npm run build (${COMMAND} does, too)`);
  }
  await checkSettings(env);
  const port = Number(env['PORT']);
  if (port !== 0 && !(await isFree(port))) {
    const other = await freeAfter(port);
    throw new Error(`Port ${port} is taken. Take another: PORT=${other} ${COMMAND}`);
  }
  // The links in mails name it before the program listens.
  if (port === 0) env['PORT'] = String(await freePort());
  env['PUBLIC_URL'] ??= `http://127.0.0.1:${env['PORT']}`;
  env['MAIL_URL'] ??= new Mailbox().url;
  await step('PostgreSQL', async () => usePostgres(env));
  await step('Sessions', async () => useStore(store, env));
  await step('Tables', async () => migrate(env));
  let known = '';
  await step('Data', async () => {
    known = await seed(env, APP.seed);
    return known === '' ? 'nothing to seed' : 'seeded';
  });
  await step('Program', async () => {
    program = await startProgram(env, watch);
    return env['WORKERS'] === '1' ? '1 worker' : `${env['WORKERS']} workers`;
  });
  const url = program?.url ?? '';
  const mails = env['MAIL_URL'].startsWith('file:') ? `${url}/inbox` : 'the server of MAIL_URL';
  frame([
    `Ready: ${url}`,
    '',
    ...inColumns([...known.split('\n').filter(Boolean), `Mails: ${mails}`], url),
    '',
    'Ctrl-C stops all of it.',
  ]);
}

/** Lines like `Inbox: /inbox` in two columns, with paths as URLs that a terminal can follow. */
function inColumns(lines: readonly string[], url: string): string[] {
  const rows = lines.map((line) => {
    const [label = '', ...value] = line.split(': ');
    return [label, value.join(': ')] as const;
  });
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.map(
    ([label, value]) => label.padEnd(width) + (value.startsWith('/') ? url + value : value),
  );
}

/** The variables that are set for the program: they win over those of here. */
function ownVariables(): Variables {
  const names = [
    ...['PORT', 'WORKERS', 'LOG_LEVEL', 'SESSION_STORE', 'SESSION_FOLDER'],
    ...['DATABASE_URL', 'REDIS_URL', 'MEMCACHED_URL', 'MYSQL_URL', 'MAIL_URL', 'PUBLIC_URL'],
  ];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

/** Checks the settings before anything is started for them. @throws ConfigMistakes */
async function checkSettings(env: Variables): Promise<void> {
  // What is not named will be chosen.
  const unnamed = { DATABASE_URL: 'postgresql://127.0.0.1', ...env, SESSION_STORE: 'redis' };
  await loadConfig('config/server.yaml', { ...process.env, ...unnamed });
}

async function freeAfter(port: number): Promise<number> {
  for (let next = port + 1; next < 65_536; next++) if (await isFree(next)) return next;
  return freePort();
}

/** Resolves to where users are, in words. */
async function usePostgres(env: Variables): Promise<string> {
  if (env['DATABASE_URL']) {
    await expectDatabase(env['DATABASE_URL']);
    return 'the PostgreSQL of DATABASE_URL';
  }
  try {
    const postgres = await startPostgres();
    servers.push(postgres);
    env['DATABASE_URL'] = postgres.url;
    return `a private PostgreSQL: ${postgres.url}`;
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    const remedy = `DATABASE_URL=postgresql://user:password@host:5432/name ${COMMAND}`;
    throw new Error(`${error.message}. Name a database of your own:\n  ${remedy}`, {
      cause: error,
    });
  }
}

/** Resolves to where sessions are, in words. */
async function useStore(store: StoreName, env: Variables): Promise<string> {
  const { where, server, namedIn } = await useSessionStore(store, env, { say });
  if (server) servers.push(server);
  if (namedIn) await expectStore(namedIn, { ...process.env, ...env });
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
  app.process.once('close', (code, signal) => void onEnd(app, signal ?? code));
  return app;
}

/** Ctrl-C ends the program in an orderly way, then the servers; a second one leaves it to the guard to end them. */
async function onSignal(): Promise<void> {
  if (stoppingSince !== null) {
    if (performance.now() - stoppingSince > ONE_SIGNAL_MS) process.exit(130);
    return;
  }
  stoppingSince = performance.now();
  say('\nStopping … (Ctrl-C again stops at once)');
  // Of what is being started the guard knows.
  if (!program) process.exit(130);
  await program.stop();
  await stopServers();
  process.exit(0);
}

async function onEnd(app: App, how: string | number | null): Promise<void> {
  if (stoppingSince !== null) return;
  stoppingSince = performance.now();
  say(`The program ended by itself (${how}); what it wrote last:\n${app.output().slice(-4_000)}`);
  await stopServers();
  process.exit(1);
}

async function stopServers(): Promise<void> {
  await Promise.all(servers.map(async (server) => server.stop()));
}

/** What went wrong, with the remedy where there is one. Stacks are for those who look for a mistake in the program. */
function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!/ENOSPC|No space left on device|Check free disk space/.test(message)) return message;
  return (
    `The disk is full: the servers keep their files in ${tmpdir()}.\n` +
    `Make some room there, or name another folder: TMPDIR=/some/folder ${COMMAND}`
  );
}
