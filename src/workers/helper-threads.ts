import { existsSync, readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** The threads of this process, on Linux. */
const THREADS = '/proc/self/task';

/**
 * Has the thread that answers requests go before all others of this process: those of libuv's pool check passwords, and
 * as many as there are cores may do so at once. On Linux, where threads have a priority each; elsewhere it does nothing.
 */
export function favourMainThread(): void {
  if (!existsSync(THREADS)) return;
  for (const thread of readdirSync(THREADS).map(Number)) {
    if (thread !== process.pid) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  }
}
