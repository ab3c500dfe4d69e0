import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { type Outcome, run } from './run.js';

/** A program that is needed is not on this machine, and can't be installed without a question. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/**
 * The path of the first of these commands that this machine has. Where it has none, the Debian package is installed if
 * that needs no question, and `say` hears of it.
 * @throws NotInstalled with the reason
 */
export async function commandFor(
  commands: readonly string[],
  debianPackage: string,
  say: (line: string) => void = sayOnStdout,
): Promise<string> {
  const found = findCommand(commands);
  if (found !== null) return found;
  const apt = await aptGet();
  if (!apt) {
    throw new NotInstalled(
      `${commands.join(' or ')} is not on the PATH, and apt-get can't be used here without a question`,
    );
  }
  say(`Installing the Debian package ${debianPackage} with apt-get …`);
  const { ok, output } = await install(apt, debianPackage);
  const installed = findCommand(commands);
  if (ok && installed !== null) return installed;
  throw new NotInstalled(`apt-get could not install ${debianPackage}:\n${output}`);
}

/** The path of the first of these commands on the PATH, or null. */
export function findCommand(commands: readonly string[]): string | null {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    // Debian puts servers where an ordinary user's PATH does not look.
    '/usr/sbin',
    '/usr/local/sbin',
  ];
  const paths = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function sayOnStdout(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function install(apt: readonly string[], debianPackage: string): Promise<Outcome> {
  const command = [...apt, 'install', '-y', '-qq', '--no-install-recommends', debianPackage];
  const first = await run(command);
  if (first.ok) return first;
  // The package lists of a fresh machine are empty, others old.
  const update = await run([...apt, 'update', '-qq']);
  const second = await run(command);
  return second.ok || update.ok ? second : update;
}

/** apt-get as somebody who may use it: root, or who has sudo without a password. Several at once take turns. */
async function aptGet(): Promise<string[] | null> {
  const apt = findCommand(['apt-get']);
  if (apt === null) return null;
  const asRoot = process.getuid?.() === 0 ? [] : await sudo();
  if (!asRoot) return null;
  // apt-get itself waits for dpkg's lock only, not for those of its lists and its downloads.
  const inTurn = ['flock', '/run/lock/nest-session-starter.apt'];
  return [...asRoot, 'env', ...ENVIRONMENT, ...inTurn, apt, '-oDPkg::Lock::Timeout=120'];
}

async function sudo(): Promise<string[] | null> {
  const command = findCommand(['sudo']);
  return command !== null && (await run([command, '-n', 'true'])).ok ? [command, '-n'] : null;
}

const ENVIRONMENT = [
  'DEBIAN_FRONTEND=noninteractive',
  // These two keep a package from starting its system-wide service, with sysvinit and with systemd.
  'RUNLEVEL=1',
  'SYSTEMD_OFFLINE=1',
];
