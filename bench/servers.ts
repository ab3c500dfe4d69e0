import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { tempFolder } from '../dev/guard.js';
import { end, hasEnded, spawnGuarded } from '../dev/guarded-process.js';
import { SettingsFile } from '../dev/settings-file.js';

/** Who takes part. */
export const SERVERS = {
  floor: 'floor: bare Fastify, one GETEX',
  program: 'this program',
  'fastify-session': '@fastify/session + connect-redis',
  'express-session': 'express-session + connect-redis',
  'nest-express-session': 'Nest, express-session + connect-redis',
  'iron-session': 'iron-session',
  'better-auth': 'better-auth, Redis as secondary storage',
  nest: 'bare Nest on Fastify, one GETEX',
} as const;

export type ServerName = keyof typeof SERVERS;

export interface Server {
  readonly name: ServerName;
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to its word that it serves, in milliseconds. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** The time that a process has had on CPUs, in milliseconds; NaN where the system can't tell. */
export function cpuMs(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return NaN;
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Of Linux, on all that Node.js runs on. */
const TICK_MS = 10;

const POLL_MS = 2;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** The most that may be set: all clients have one address. */
const NO_LIMITS = {
  tries_per_account: 100,
  tries_per_account_a_day: 1_000,
  tries_per_address: 1_000_000,
};

/** As many as log in at once, and long enough for all of them to have their turn. */
const MOST_LOGINS = 50;
const LONGEST_WAIT_MS = 30_000;

/** The program as it is set by default, but that workers live on and nobody is told to wait. */
function patientSettings(): SettingsFile {
  return new SettingsFile({
    workers: { max_requests: 0 },
    auth: {
      limits: NO_LIMITS,
      argon2: { waiting: MOST_LOGINS, max_wait_ms: LONGEST_WAIT_MS },
    },
  });
}

/**
 * Starts a server in production, with its log going to a file, as it does in production.
 * @param env the servers that it is to use
 * @param nodeArgs for Node.js, like --cpu-prof
 * @param settings of this program
 */
export async function startServer(
  name: ServerName,
  env: Readonly<Record<string, string>>,
  nodeArgs: readonly string[] = [],
  settings: SettingsFile = patientSettings(),
): Promise<Server> {
  const file = join(tempFolder(`bench-${name}`), 'output.log');
  const output = openSync(file, 'a');
  const started = performance.now();
  const child = spawnGuarded(process.execPath, [...nodeArgs, ...programOf(name, settings)], {
    env: { ...process.env, NODE_ENV: 'production', PORT: '0', WORKERS: '1', ...env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  for (;;) {
    const said = readFileSync(file, 'utf8');
    const url = /"url":"(http[^"]+)".*"msg":"ready"|"msg":"ready","url":"([^"]+)"/.exec(said);
    if (url && child.pid !== undefined) {
      return {
        name,
        url: url[1] ?? url[2] ?? '',
        pid: child.pid,
        readyMs: performance.now() - started,
        stop: async () => end(child, 'SIGTERM', STOP_TIMEOUT_MS),
      };
    }
    if (hasEnded(child) || performance.now() - started > START_TIMEOUT_MS) {
      await end(child, 'SIGKILL', 0);
      throw new Error(`${SERVERS[name]} did not start:\n${said}`);
    }
    await pause(POLL_MS);
  }
}

function programOf(name: ServerName, { path }: SettingsFile): readonly string[] {
  if (name !== 'program') return [`dist/bench/peers/${name}.js`];
  return ['--enable-source-maps', 'dist/src/main.js', '--config', path];
}
