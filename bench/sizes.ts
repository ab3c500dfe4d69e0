import { Redis } from 'ioredis';

import { startRedis } from '../dev/redis.js';
import { keyOf, newSessionId } from '../src/session/session-id.js';
import { Browser, shoppers } from './browser.js';
import type { Contest } from './main.js';
import { CONNECTIONS, loadOn } from './pages.js';
import type { Result } from './result.js';
import { inRounds, median } from './rounds.js';
import { type Server, startServer } from './servers.js';

/** How many sessions are looked at, of all that there are. */
const LOOKED_AT = 1_000;
const WRITTEN_AT_ONCE = 1_000;
const MOST_WORKERS = 4;

interface Measured {
  readonly name: string;
  readonly server: Server;
  readonly cookies: readonly string[];
  stop(): Promise<void>;
}

/** (i) The cart's page with ever more live sessions in Redis: SESSIONS says how many at most. */
export async function liveSessions(contest: Contest): Promise<Result[]> {
  const most = Number(process.env['SESSIONS'] ?? 100_000);
  const counts = [1_000, 10_000, 100_000, 1_000_000].filter((count) => count <= most);
  const measured = [];
  for (const count of counts) measured.push(await withSessions(contest, count));
  return compare('(i) The cart by live sessions in Redis', measured, contest);
}

/** (j) The cart's page by the number of worker processes. */
export async function workers(contest: Contest): Promise<Result[]> {
  const measured: Measured[] = [];
  for (let count = 1; count <= MOST_WORKERS; count++) {
    const server = await startServer('program', { ...contest.ground.env, WORKERS: String(count) });
    const cookies = (await shoppers(server.url, CONNECTIONS)).map(({ cookie }) => cookie);
    const name = count === 1 ? '1 worker' : `${count} workers`;
    measured.push({ name, server, cookies, stop: async () => server.stop() });
  }
  return compare('(j) The cart by worker processes', measured, contest);
}

async function compare(
  title: string,
  contestants: readonly Measured[],
  { extent }: Contest,
): Promise<Result[]> {
  const measured = await inRounds(title, contestants, extent, async ({ server, cookies }) => {
    const headers = { accept: 'text/html' };
    const { seconds } = extent;
    const job = { url: `${server.url}/cart`, headers, connections: CONNECTIONS, cookies, seconds };
    return loadOn(server, job, 200);
  });
  for (const contestant of contestants) await contestant.stop();
  const rows = [...measured].map(([{ name }, loads]) => ({
    who: name,
    values: loads.map(({ perSecond }) => perSecond),
    more: { 'p99, ms': median(loads.map(({ p99Ms }) => p99Ms)).toFixed(1) },
  }));
  return [{ title, unit: 'answers a second', rows }];
}

/** The program on a Redis of its own with so many sessions. */
async function withSessions({ ground }: Contest, count: number): Promise<Measured> {
  const redis = await startRedis();
  const server = await startServer('program', { ...ground.env, REDIS_URL: redis.url });
  const [shopper] = await shoppers(server.url, 1);
  if (!shopper) throw new Error('nobody is signed in');
  const cookies = await multiply(redis.url, shopper, count);
  return {
    ...{ name: `${count.toLocaleString('en')} sessions`, server, cookies },
    stop: async () => {
      await server.stop();
      await redis.stop();
    },
  };
}

/** Writes the only session there is many times over, each under an id of its own; resolves to cookies of some. */
async function multiply(url: string, shopper: Browser, count: number): Promise<string[]> {
  const redis = new Redis(url);
  try {
    const id = /session_id=([^;]+)/.exec(shopper.cookie)?.[1] ?? '';
    const record = await redis.get(`session:${keyOf(id as ReturnType<typeof newSessionId>)}`);
    if (record === null) throw new Error('there is no session');
    const cookies: string[] = [];
    for (let written = 0; written < count; written += WRITTEN_AT_ONCE) {
      const pipeline = redis.pipeline();
      for (let i = 0; i < WRITTEN_AT_ONCE; i++) {
        const other = newSessionId();
        pipeline.set(`session:${keyOf(other)}`, record, 'EX', 86_400);
        if (i < LOOKED_AT / (count / WRITTEN_AT_ONCE)) cookies.push(`session_id=${other}`);
      }
      await pipeline.exec();
    }
    return cookies;
  } finally {
    redis.disconnect();
  }
}
