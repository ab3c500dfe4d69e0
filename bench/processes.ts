import { existsSync, readFileSync } from 'node:fs';

import { shoppers } from './browser.js';
import type { Contest } from './main.js';
import type { Result } from './result.js';
import { inRounds } from './rounds.js';
import { SERVERS, startServer } from './servers.js';

/** (g) From the start of the process to its word that it serves. */
export async function startUp({ ground, servers, extent }: Contest): Promise<Result[]> {
  const title = '(g) From start to ready';
  const measured = await inRounds(title, servers, extent, async ({ name }) => {
    const server = await startServer(name, ground.env);
    await server.stop();
    return server.readyMs;
  });
  const rows = [...measured].map(([{ name }, values]) => ({ who: SERVERS[name], values }));
  return [{ title, unit: 'ms', rows }];
}

/** (h) What a process has in memory after the parts before, and what Redis has for a session of three cart lines. */
export async function memory({ ground, servers }: Contest): Promise<Result[]> {
  const processes = servers.map(({ name, pid }) => ({
    who: SERVERS[name],
    values: [residentMib(pid)],
  }));
  const sessions = [];
  for (const { name, url } of servers) {
    const before = new Set(await keysIn(ground));
    await shoppers(url, 1);
    const made = (await keysIn(ground)).filter((key) => !before.has(key));
    const bytes = await Promise.all(
      made.map(async (key) => ground.redis.call('MEMORY', 'USAGE', key)),
    );
    const all = bytes.map(Number).toSorted((a, b) => b - a);
    const total = all.reduce((sum, each) => sum + each, 0);
    sessions.push({ who: SERVERS[name], values: [total], more: { 'key by key': all.join(' + ') } });
  }
  const notes = ['docs/stores.md has the bytes in the other stores.'];
  return [
    { title: '(h) Memory of a process', unit: 'MiB resident', rows: processes },
    {
      title: '(h) A signed-in session with three cart lines in Redis',
      unit: 'bytes',
      rows: sessions,
      notes,
    },
  ];
}

function residentMib(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return NaN;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1]) / 1_024;
}

async function keysIn({ redis }: Contest['ground']): Promise<string[]> {
  return (await redis.call('KEYS', '*')) as string[];
}
