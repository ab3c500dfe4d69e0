import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A server that a command needs is not on this machine and can't be installed without a question. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/**
 * The path of the first of these commands that this machine has; where it has none the Debian package is installed,
 * if that needs no question, and said so.
 * @throws NotInstalled with the reason
 */
export function commandFor(commands: readonly string[], debianPackage: string): string {
  const found = findCommand(commands);
  if (found) return found;
  install(debianPackage);
  const installed = findCommand(commands);
  if (installed) return installed;
  throw new NotInstalled(`the package ${debianPackage} brought no ${commands.join(' or ')}`);
}

/** The path of the first of these commands on the PATH, or null. */
export function findCommand(commands: readonly string[]): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const command of commands) {
    const path = folders.map((folder) => join(folder, command)).find(isExecutable);
    if (path) return path;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(debianPackage: string): void {
  const apt = aptCommand();
  if (!apt) {
    throw new NotInstalled(
      `${debianPackage} is not installed, and apt-get can't be used here without a question: please install it`,
    );
  }
  process.stdout.write(`Installing ${debianPackage} with apt-get …\n`);
  const { error, output } = run([...apt, 'install', ...INSTALL_OPTIONS, debianPackage]);
  if (!error) return;
  // The package lists of a fresh machine are empty or old.
  run([...apt, 'update', '-qq', LOCK_TIMEOUT]);
  const second = run([...apt, 'install', ...INSTALL_OPTIONS, debianPackage]);
  if (second.error) throw new NotInstalled(`apt-get: ${output}\n${second.output}`);
}

const LOCK_TIMEOUT = '-oDPkg::Lock::Timeout=300';
const INSTALL_OPTIONS = ['-y', '-qq', '--no-install-recommends', LOCK_TIMEOUT];

/** apt-get as somebody who may use it: root, or who has sudo without a password. */
function aptCommand(): string[] | null {
  const apt = findCommand(['apt-get']);
  if (!apt) return null;
  if (process.getuid?.() === 0) return ['env', ...ENVIRONMENT, apt];
  const sudo = findCommand(['sudo']);
  return sudo && !run([sudo, '-n', 'true']).error ? [sudo, '-n', 'env', ...ENVIRONMENT, apt] : null;
}

/** RUNLEVEL=1 keeps a package from starting its system-wide service: we start a private one. */
const ENVIRONMENT = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];

function run([command = '', ...args]: readonly string[]): { error: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { error: status !== 0, output: `${stdout}${stderr}`.trim() };
}
