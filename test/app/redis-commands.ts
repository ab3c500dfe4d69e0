import { hash } from 'node:crypto';

import type { Redis } from 'ioredis';

/** Each worker asks for it every few seconds, whatever it is asked itself. */
const ALL_SESSIONS_END = `session:${hash('sha256', 'all sessions end', 'base64url')}`;

/** What Redis was sent for requests meanwhile; what scripts did there counts as part of their command. */
export async function commandsDuring(redis: Redis, act: () => Promise<void>): Promise<string[][]> {
  const monitor = await redis.monitor();
  const seen: string[][] = [];
  // MONITOR shows commands in their order: once this one is seen, all before it were.
  const all = new Promise<string[][]>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (source === 'lua') return;
      if (args[0]?.toLowerCase() === 'echo') resolve([...seen]);
      else if (args[1] !== ALL_SESSIONS_END) seen.push(args);
    });
  });
  try {
    await act();
    await redis.echo('done');
    return await all;
  } finally {
    monitor.disconnect();
  }
}
