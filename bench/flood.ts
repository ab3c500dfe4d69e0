import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { SettingsFile } from '../dev/settings-file.js';
import { say } from '../dev/terminal.js';
import { Flood } from '../test/app/flood.js';
import { Visitor } from '../test/app/visitor.js';
import { loginOf } from './browser.js';
import { startGround } from './ground.js';
import { preparePeers } from './peers.js';
import { besideQuiet, table } from './result.js';
import { inRounds, quantile } from './rounds.js';
import { type Server, type ServerName, SERVERS, startServer } from './servers.js';

/**
 * `npm run bench -- flood`: how long signed-in readers wait for a page, in quiet and while wrong passwords come without end.
 * The flood comes from another process, so that the readers' clock does not wait for it.
 */

const WHO: readonly ServerName[] = ['floor', 'program'];
const READERS = 50;
/** Readers look at a page before they ask for the next, in milliseconds on average. */
const READING_MS = 100;
const AT_ONCE = 200;
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const PAGES = 3_000;

if (process.send) flood();
else await measure();

/** In a process of its own, that ends with the one that measures: all at once, as soon as it is told where. */
function flood(): void {
  process.once('disconnect', () => process.exit());
  // Those who flood have machines of their own.
  setPriority(constants.priority.PRIORITY_LOW);
  process.once('message', (url: string) => Flood.at(url, AT_ONCE));
  process.send?.('loaded');
}

async function measure(): Promise<never> {
  await preparePeers();
  const ground = await startGround();
  const settings = new SettingsFile({
    server: { trust_proxy: ['127.0.0.1'] },
    workers: { max_requests: 0 },
  });
  const servers = await Promise.all(
    WHO.map(async (name) => startServer(name, ground.env, [], settings)),
  );
  const title = `A page for ${READERS} readers while ${AT_ONCE} wrong passwords come at once, without end`;
  const measured = await inRounds(title, servers, { rounds: ROUNDS }, oneRound);
  const rows = [...measured].map(([{ name }, rounds]) => besideQuiet(SERVERS[name], rounds));
  say(`\n${availableParallelism()} cores, Node.js ${process.version}; p99 in ms\n`);
  say(table({ title, unit: 'p99 in ms', rows }));
  await Promise.all(servers.map(async (server) => server.stop()));
  await ground.stop();
  process.exit();
}

async function oneRound({ url }: Server) {
  const ada = await Visitor.signedIn(url);
  const readers = Array.from({ length: READERS }, () => ada.twin());
  const crowd = fork(import.meta.filename);
  await once(crowd, 'message');
  const quiet = await p99(readers);
  crowd.send(url);
  const loaded = await p99(readers);
  crowd.kill('SIGKILL');
  await once(crowd, 'exit');
  for (const reader of [ada, ...readers]) reader.leave();
  // Those that wait for their turn have nobody any more who waits for them.
  while (!(await letsIn(url))) await pause(100);
  return { quiet, loaded };
}

async function p99(readers: readonly Visitor[]): Promise<number> {
  const times: number[] = [];
  const read = async (reader: Visitor): Promise<void> => {
    while (times.length < PAGES) {
      await pause(Math.random() * 2 * READING_MS);
      const started = performance.now();
      const { status } = await reader.get('/cart');
      if (status !== 200) throw new Error(`answered with ${status}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(readers.map(read));
  return quantile(times, 0.99);
}

/** Whether a right password is checked, after all those before it. */
async function letsIn(url: string): Promise<boolean> {
  const visitor = new Visitor(url);
  const { status } = await visitor.post('/login', loginOf(0));
  visitor.leave();
  return status === 303;
}
