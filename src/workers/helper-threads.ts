import { existsSync, readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

import type { Logger } from 'pino';

/**
 * How nice they are: where all want to run, each gets a tenth of what the main thread gets, so that logins still go on under
 * load (Linux gives each step of niceness 1.25 times less: sched(7)). So much for threads of one container or session: between
 * these Linux shares by other weights, and niceness does not count (sched(7), "The autogroup feature").
 */
const NICENESS = 10;

/** How many threads libuv's pool has (docs.libuv.org, "Thread pool work scheduling"). */
const POOL_SIZE = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);

/** The threads of this process, on Linux. */
const THREADS = '/proc/self/task';

/**
 * Has the thread that answers requests go before those that check passwords, which are libuv's pool. V8's own threads
 * keep their priority: the one that answers waits for them when garbage is collected. On Linux, where threads have a
 * priority each; elsewhere it does nothing.
 */
export function favourMainThread(logger: Logger): void {
  if (!existsSync(THREADS)) return;
  for (const thread of poolOf(readdirSync(THREADS).map(Number))) {
    try {
      setPriority(thread, NICENESS);
    } catch (error) {
      // The system lets nobody set priorities: all goes on, with less of an order under load.
      logger.debug(`the priority of thread ${thread} stays: ${String(error)}`);
    }
  }
}

/** The youngest: V8 starts its threads with the process, libuv all of its own at the first work for them. */
function poolOf(threads: readonly number[]): number[] {
  return threads.toSorted((a, b) => a - b).slice(-POOL_SIZE);
}
