import { type Browser, shoppers } from './browser.js';
import { FORM, type Job } from './load.js';
import type { Contest } from './main.js';
import { CONNECTIONS, loadOn, rowOf } from './pages.js';
import type { Result } from './result.js';
import { inRounds } from './rounds.js';

/** How many times it is added to one cart in a round of (c). */
const ADDS = 1_000;

/** (b) Each connection adds to a cart of its own. */
export async function ownCarts({ servers, extent }: Contest): Promise<Result[]> {
  const title = '(b) Add to the cart, a session each';
  const cookies = new Map<string, readonly string[]>();
  for (const { name, url } of servers) {
    const browsers = await shoppers(url, CONNECTIONS);
    cookies.set(
      name,
      browsers.map(({ cookie }) => cookie),
    );
  }
  const measured = await inRounds(title, servers, extent, async (server) => {
    const job = addsTo(server.url, cookies.get(server.name) ?? [], extent.seconds);
    const outcome = await loadOn(server, job, 303);
    cookies.set(server.name, outcome.cookies);
    return outcome;
  });
  return [{ title, unit: 'adds a second', rows: [...measured].map(rowOf) }];
}

/** (c) All connections add to one cart; afterwards it is counted. */
export async function oneCart({ servers, extent }: Contest): Promise<Result[]> {
  const title = '(c) Add to the cart, all on one session';
  const owners = new Map<string, Browser>();
  for (const { name, url } of servers) {
    const [owner] = await shoppers(url, 1);
    if (owner) owners.set(name, owner);
  }
  const kept = new Map<string, number[]>();
  const measured = await inRounds(title, servers, extent, async (server, round) => {
    const owner = owners.get(server.name);
    if (!owner) throw new Error('nobody is signed in');
    const before = await countIn(owner);
    const job = addsTo(server.url, [owner.cookie], extent.seconds);
    const outcome = await loadOn(server, { ...job, requests: ADDS }, 303);
    owner.takeCookies(outcome.cookies[0] ?? '');
    const added = (await countIn(owner)) - before;
    if (round > 0) kept.set(server.name, [...(kept.get(server.name) ?? []), added]);
    return outcome;
  });
  const rows = [...measured].map(([server, loads]) => {
    const row = rowOf([server, loads]);
    const counts = kept.get(server.name) ?? [];
    const range = [Math.min(...counts), Math.max(...counts)];
    const inCart = [...new Set(range)].join(' to ');
    return {
      ...row,
      more: { ...row.more, [`in the cart, of ${ADDS} that were answered`]: inCart },
    };
  });
  return [{ title, unit: 'adds a second', rows }];
}

function addsTo(url: string, cookies: readonly string[], seconds: number): Job {
  return {
    url: `${url}/cart/items`,
    method: 'POST',
    headers: FORM,
    bodies: ['product=tea'],
    ...{ connections: CONNECTIONS, cookies, keepsCookies: true, seconds },
  };
}

/** How many items the cart's page counts. */
async function countIn(browser: Browser): Promise<number> {
  const [, count] = /<dt>Items<\/dt><dd>(\d+)<\/dd>/.exec(await browser.get('/cart')) ?? [];
  return Number(count);
}
