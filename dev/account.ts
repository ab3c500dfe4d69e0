import { chownSync, readFileSync } from 'node:fs';

/** As whom programs run, and with which environment. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The account for servers that refuse to run as root: as root it is `nobody`, whom every system has, and otherwise
 * the user's own.
 */
export function unprivileged(): Account {
  // Nothing of ours that they listen to, like PGDATA. Without LC_ALL PostgreSQL fails on macOS.
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  if (process.getuid?.() !== 0) return { env };
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!nobody) throw new Error('it does not run as root, and there is no user "nobody"');
  return { uid: Number(nobody[1]), gid: Number(nobody[2]), env };
}

/** Makes an account the owner of files, if it is not the one that we run as. */
export function giveTo({ uid, gid }: Account, ...paths: string[]): void {
  if (uid === undefined || gid === undefined) return;
  for (const path of paths) chownSync(path, uid, gid);
}
