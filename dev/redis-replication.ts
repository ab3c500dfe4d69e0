import { setTimeout as pause } from 'node:timers/promises';

import type { RedisServer } from './redis.js';

/** For a master: a replica that asks for all data gets them at once, instead of after 5 s with others. */
export const FAST_SYNC = ['--repl-diskless-sync-delay', '0'] as const;

/** Resolves when each of these that is a replica follows its master, and each master has a replica that does. */
export async function untilReplicated(nodes: readonly RedisServer[]): Promise<void> {
  for (const node of nodes) {
    await until(async () => {
      const info = String(await node.call('INFO', 'replication'));
      return /role:slave[^]*master_link_status:up|role:master[^]*state=online/.test(info);
    });
  }
}

/** Resolves when something holds. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20);
}
