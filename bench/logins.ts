import { Browser, loginOf, shoppers } from './browser.js';
import { USERS } from './ground.js';
import { FORM, type Job, load, startLoad } from './load.js';
import type { Contest } from './main.js';
import { CONNECTIONS, loadOn, rowOf } from './pages.js';
import { besideQuiet, type Result } from './result.js';
import { inRounds } from './rounds.js';
import { SERVERS } from './servers.js';

/** The pages that all readers of (e) ask for together, a second. */
const READ_PER_SECOND = 100;

/** Who logs in: none of those who read. */
const FIRST_USER = USERS - CONNECTIONS;

/** (d) Each connection logs its user in, again and again. */
export async function logins(contest: Contest): Promise<Result[]> {
  const { servers, extent } = contest;
  const title = '(d) Log in';
  const known = await knownDevices(contest);
  const measured = await inRounds(title, servers, extent, async (server) =>
    loadOn(server, loginsAt(server.url, known.get(server.name) ?? [], extent.seconds), 303),
  );
  const notes = [
    'All check argon2id at the same cost. This program also looks up the user, the device and the limits of tries in PostgreSQL; the peers do none of that.',
    'It checks one password at a time in each worker (`auth.argon2.at_once`), so that pages go on: (e). The peers check up to four.',
  ];
  return [{ title, unit: 'logins a second', rows: [...measured].map(rowOf), notes }];
}

/** (e) How long the cart's page takes for 50 readers, in quiet and while 50 others log in without pause. */
export async function loginStorm(contest: Contest): Promise<Result[]> {
  const { servers, extent } = contest;
  const title = '(e) The cart of a signed-in user while 50 others log in without pause';
  const known = await knownDevices(contest);
  const readers = new Map<string, string[]>();
  for (const { name, url } of servers) {
    const browsers = await shoppers(url, CONNECTIONS);
    readers.set(
      name,
      browsers.map(({ cookie }) => cookie),
    );
  }
  const measured = await inRounds(title, servers, extent, async ({ name, url }) => {
    const { seconds } = extent;
    const reading = {
      ...{ url: `${url}/cart`, headers: { accept: 'text/html' }, perSecond: READ_PER_SECOND },
      ...{ connections: CONNECTIONS, cookies: readers.get(name) ?? [], seconds },
    };
    const quiet = await load(reading, 200);
    // Far longer than it is needed: it is stopped.
    const storm = startLoad(loginsAt(url, known.get(name) ?? [], 10 * seconds + 60));
    const loaded = await load(reading, 200);
    await storm.stop();
    return { quiet: quiet.p99Ms, loaded: loaded.p99Ms };
  });
  const rows = [...measured].map(([{ name }, rounds]) => besideQuiet(SERVERS[name], rounds));
  return [{ title, unit: 'p99 in ms', rows }];
}

/** The cookies of devices that the users have logged in with before: of those nobody is told by mail. */
async function knownDevices({ servers }: Contest): Promise<Map<string, readonly string[]>> {
  const known = new Map<string, readonly string[]>();
  for (const { name, url } of servers) {
    const browsers = Array.from({ length: CONNECTIONS }, () => new Browser(url));
    await Promise.all(browsers.map(async (browser, i) => browser.logIn(FIRST_USER + i)));
    known.set(
      name,
      browsers.map(({ cookie }) => cookie),
    );
  }
  return known;
}

function loginsAt(url: string, cookies: readonly string[], seconds: number): Job {
  return {
    url: `${url}/login`,
    method: 'POST',
    headers: FORM,
    bodies: cookies.map((_, i) => new URLSearchParams(loginOf(FIRST_USER + i)).toString()),
    ...{ connections: CONNECTIONS, cookies, keepsCookies: true, seconds },
  };
}
