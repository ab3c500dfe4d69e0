import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { createConnection, type RowDataPacket } from 'mysql2/promise';

import { type Account, giveTo, unprivileged } from './account.js';
import { freePort } from './free-port.js';
import { tempFolder } from './guard.js';
import { commandFor } from './install.js';
import { run } from './run.js';
import { ServerProcess } from './server-process.js';

export interface MariadbServer extends ServerProcess {
  /** A database of the server that is empty at first. */
  readonly url: string;
  /** Makes another empty database; resolves to its URL. */
  createDatabase(name: string): Promise<string>;
}

export interface MariadbOptions {
  /** Whether a commit is on the disk before it is acknowledged. Off: faster, and nobody misses throw-away data. */
  readonly durable?: boolean;
}

/**
 * Starts a private MariaDB.
 * @throws NotInstalled when there is none and none can be installed
 */
export async function startMariadb(
  options: MariadbOptions = {},
  say?: (line: string) => void,
): Promise<MariadbServer> {
  const command = await commandFor(['mariadbd'], 'mariadb-server', say);
  const folder = tempFolder('mariadb');
  const account = unprivileged();
  const folderOptions = makeFolders(folder, account);
  await installSystemTables(folder, folderOptions, account, say);
  const port = await freePort();
  const url = (database: string) => `mysql://root@127.0.0.1:${port}/${database}`;
  const server = new ServerProcess({
    command,
    args: ['--no-defaults', ...folderOptions, `--port=${port}`, ...settings(options)],
    folder,
    port,
    options: account,
    answers: async () => answers(url('')),
  });
  await server.start();
  const createDatabase = async (name: string) => {
    await runSql(url(''), `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
    return url(name);
  };
  return Object.assign(server, { url: await createDatabase('main'), createDatabase });
}

/** Runs a statement in a database; resolves to its rows. */
export async function runSql(url: string, statement: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ uri: url, connectTimeout: 10_000 });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(statement);
    return rows;
  } finally {
    connection.destroy();
  }
}

function settings({ durable = false }: MariadbOptions): string[] {
  const values = {
    'bind-address': '127.0.0.1',
    // In the data folder, where its path is short enough for a socket.
    socket: 'mariadb.sock',
    'max-connections': 200,
    'innodb-buffer-pool-size': '32M',
    'innodb-log-file-size': '32M',
    // It may be asked for more than a container has.
    'innodb-use-native-aio': 0,
    'innodb-flush-log-at-trx-commit': durable ? 1 : 0,
    ...(durable ? {} : { 'innodb-doublewrite': 0 }),
  };
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

/**
 * Makes the folders of a server; returns the options that name them. One for temporary files is among them: a server that
 * starts removes those of all others from the common one.
 */
function makeFolders(folder: string, account: Account): string[] {
  return ['datadir', 'tmpdir'].map((name) => {
    const path = join(folder, name);
    mkdirSync(path, { mode: 0o700 });
    giveTo(account, path);
    return `--${name}=${path}`;
  });
}

/** Makes the tables that a server needs itself, with a user `root` who needs no password. */
async function installSystemTables(
  folder: string,
  folderOptions: readonly string[],
  account: Account,
  say?: (line: string) => void,
): Promise<void> {
  const install = await commandFor(['mariadb-install-db'], 'mariadb-server', say);
  const options = ['--auth-root-authentication-method=normal', '--skip-test-db'];
  const { ok, output } = await run([install, '--no-defaults', ...folderOptions, ...options], {
    ...account,
    cwd: folder,
  });
  if (!ok) throw new Error(`mariadb-install-db failed:\n${output}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await runSql(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}
