import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What this process starts and makes for a while must not outlive it, however it ends: SIGKILL and crashes leave it no
 * time to clear up. So a guard does it: a small shell that waits until the pipe from this process closes.
 */
interface Guard {
  readonly folder: string;
  /** Tells the shell what to end. */
  tell(processes: Iterable<number>): void;
}

let guard: Guard | null = null;
const processes = new Set<number>();

/** Makes a folder that goes away after this process; other users may pass through it. */
export function tempFolder(name: string): string {
  guard ??= startGuard();
  const folder = mkdtempSync(join(guard.folder, `${name}-`));
  // PostgreSQL, where it runs as another user, must be able to reach what is in it.
  chmodSync(folder, 0o711);
  return folder;
}

/**
 * Has a process ended after this one, with the others of its process group, of which it must be the leader.
 * @returns a function to call once it has ended by itself: its number may be another's by then
 */
export function endWithUs(pid: number): () => void {
  guard ??= startGuard();
  processes.add(pid);
  guard.tell(processes);
  return () => {
    processes.delete(pid);
    guard?.tell(processes);
  };
}

function startGuard(): Guard {
  const folder = mkdtempSync(join(tmpdir(), 'nest-session-starter-'));
  chmodSync(folder, 0o711);
  // A group of its own: Ctrl-C goes to all of the terminal's group.
  const shell = spawn('/bin/sh', ['-c', CLEAR_UP, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  // Whoever ended the guard has taken over its work.
  shell.stdin.on('error', () => undefined);
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return { folder, tell: (pids) => shell.stdin.write(`${[...pids].join(' ')}\n`) };
}

/** Asks first (PostgreSQL gives its shared memory back), insists two seconds later, and removes the folder. */
const CLEAR_UP = `
trap '' HUP INT TERM
while read -r line; do processes=$line; done
signal() {
  for pid in $processes; do kill -s "$1" -- "-$pid"; done 2>/dev/null
}
runs() {
  kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$1/status"
}
signal CONT
signal INT
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  for pid in $processes; do
    if runs "$pid"; then sleep 0.1; continue 2; fi
  done
  break
done
signal KILL
for try in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$1" 2>/dev/null && break
  sleep 0.1
done
`;
