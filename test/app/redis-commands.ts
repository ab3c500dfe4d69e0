import type { Redis } from 'ioredis';

/** What Redis was sent by others meanwhile. */
export async function commandsDuring(redis: Redis, act: () => Promise<void>): Promise<string[][]> {
  const monitor = await redis.monitor();
  const seen: string[][] = [];
  const ours = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[]) => {
      if (args[0]?.toLowerCase() === 'echo') resolve();
      else seen.push(args);
    });
  });
  try {
    await act();
    // MONITOR shows commands in their order: once this one is seen, all before it were.
    await redis.echo('done');
    await ours;
  } finally {
    monitor.disconnect();
  }
  return seen;
}
