import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { endWithUs } from './guard.js';
import { groupRuns } from './process-tree.js';

/**
 * Starts a child process, in a process group of its own, that ends with this process at the latest. It does not keep
 * this process from ending.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream instanceof Socket) stream.unref();
  }
  if (child.pid !== undefined) child.once('exit', endWithUs(child.pid));
  return child;
}

const POLL_MS = 20;

/**
 * Sends a signal, and SIGKILL to its whole group after `graceMs` milliseconds; resolves when the process has ended and
 * those that it started in its group have too.
 */
export async function end(
  child: ChildProcess,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  const { pid } = child;
  if (pid === undefined || hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.ref();
  child.kill(signal);
  const force = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  await exited;
  // Those that it left behind.
  signalGroup(pid, signal);
  while (groupRuns(pid)) await pause(POLL_MS);
  clearTimeout(force);
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It ended in the meantime.
  }
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
