import { existsSync, readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

import type { Logger } from 'pino';

/**
 * How nice they are: where all want to run, each gets a third of what the main thread gets, so that logins still go on
 * under load (Linux gives each step of niceness 1.25 times less: sched(7)).
 */
const NICENESS = 5;

/** The threads of this process, on Linux. */
const THREADS = '/proc/self/task';

/**
 * Has the thread that answers requests go before all others of this process: those of libuv's pool check passwords, and
 * as many as there are cores may do so at once. On Linux, where threads have a priority each; elsewhere it does nothing.
 */
export function favourMainThread(logger: Logger): void {
  if (!existsSync(THREADS)) return;
  for (const thread of readdirSync(THREADS).map(Number)) {
    if (thread === process.pid) continue;
    try {
      setPriority(thread, NICENESS);
    } catch (error) {
      // It has ended, or the system lets nobody set priorities: all goes on, with less of an order under load.
      logger.debug(`the priority of thread ${thread} stays: ${String(error)}`);
    }
  }
}
