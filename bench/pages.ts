import { shoppers } from './browser.js';
import { type Job, type Load, load } from './load.js';
import type { Contest } from './main.js';
import type { Result, Row } from './result.js';
import { inRounds, median } from './rounds.js';
import { cpuMs, type Server, type ServerName, SERVERS } from './servers.js';

export const CONNECTIONS = 50;

/** (a) The cart of a user who is signed in, with three products in it. */
export async function cartPage(contest: Contest): Promise<Result[]> {
  const cookies = new Map<ServerName, string[]>();
  for (const { name, url } of contest.servers) {
    cookies.set(
      name,
      (await shoppers(url, CONNECTIONS)).map(({ cookie }) => cookie),
    );
  }
  await sameBytes(contest, '/cart', cookies);
  return pages(contest, '(a) The cart of a signed-in user', '/cart', cookies);
}

/** (f) A page for everybody, asked for without a cookie. */
export async function loginPage(contest: Contest): Promise<Result[]> {
  await sameBytes(contest, '/login', new Map());
  return pages(contest, '(f) A page without a session', '/login', new Map());
}

async function pages(
  { servers, extent }: Contest,
  title: string,
  path: string,
  cookies: ReadonlyMap<ServerName, string[]>,
): Promise<Result[]> {
  const measured = await inRounds(title, servers, extent, async (server) =>
    loadOn(
      server,
      {
        url: `${server.url}${path}`,
        headers: { accept: 'text/html' },
        connections: CONNECTIONS,
        cookies: cookies.get(server.name) ?? [''],
        seconds: extent.seconds,
      },
      200,
    ),
  );
  return [{ title, unit: 'answers a second', rows: [...measured].map(rowOf) }];
}

/** What came of load on a server. */
export interface LoadOn extends Load {
  /** What each answer took of the server's CPU, in milliseconds. */
  readonly cpuMs: number;
}

export async function loadOn({ pid }: Server, job: Job, status: number): Promise<LoadOn> {
  const before = cpuMs(pid);
  const outcome = await load(job, status);
  const answers = outcome.statuses[status] ?? NaN;
  return { ...outcome, cpuMs: (cpuMs(pid) - before) / answers };
}

export function rowOf([{ name }, loads]: [Server, LoadOn[]]): Row {
  return {
    who: SERVERS[name],
    values: loads.map(({ perSecond }) => perSecond),
    more: {
      'p99, ms': median(loads.map(({ p99Ms }) => p99Ms)).toFixed(1),
      'CPU an answer, ms': median(loads.map((each) => each.cpuMs)).toFixed(3),
    },
  };
}

/** @throws Error when not all answer with a page of the same length */
async function sameBytes(
  { servers }: Contest,
  path: string,
  cookies: ReadonlyMap<ServerName, string[]>,
): Promise<void> {
  const lengths = new Map<string, number>();
  for (const { name, url } of servers) {
    const cookie = cookies.get(name)?.[0] ?? '';
    const answer = await fetch(`${url}${path}`, { headers: { cookie, accept: 'text/html' } });
    lengths.set(name, (await answer.arrayBuffer()).byteLength);
  }
  if (new Set(lengths.values()).size > 1) {
    throw new Error(`${path} differs in its length: ${JSON.stringify([...lengths])}`);
  }
}
