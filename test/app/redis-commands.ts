import type { Redis } from 'ioredis';

/** What Redis was sent by others meanwhile. */
export async function commandsDuring(redis: Redis, act: () => Promise<void>): Promise<string[][]> {
  const monitor = await redis.monitor();
  const seen: string[][] = [];
  // MONITOR shows commands in their order: once this one is seen, all before it were.
  const all = new Promise<string[][]>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[]) => {
      if (args[0]?.toLowerCase() === 'echo') resolve([...seen]);
      else seen.push(args);
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
