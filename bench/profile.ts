import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { tempFolder } from '../dev/guard.js';
import { say, step } from '../dev/terminal.js';
import { shoppers } from './browser.js';
import { callsOf, timeByOwner } from './cpu-profile.js';
import { flameGraph } from './flame-graph.js';
import { startGround } from './ground.js';
import { load } from './load.js';
import { CONNECTIONS } from './pages.js';
import { preparePeers } from './peers.js';
import { startServer } from './servers.js';

/**
 * `npm run bench -- profile`: where the time of a signed-in user's cart page goes, as a flame graph and a table in
 * bench/results/. SECONDS says how long it is asked for.
 */

const SECONDS = Number(process.env['SECONDS'] ?? 20);

/** What took less than this part is in no line of the table. */
const LEAST = 0.01;

await preparePeers();
const ground = await startGround();
const folder = tempFolder('profile');
const server = await startServer('program', ground.env, [
  ...['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', folder],
]);
const cookies = (await shoppers(server.url, CONNECTIONS)).map(({ cookie }) => cookie);
const job = {
  ...{ url: `${server.url}/cart`, headers: { accept: 'text/html' }, cookies },
  connections: CONNECTIONS,
};
// The first seconds are those of the compiler.
await step('Warming up', async () => (await load({ ...job, seconds: 5 }, 200)) && 'compiled');
const from = now();
let perSecond = 0;
await step('Profile', async () => {
  ({ perSecond } = await load({ ...job, seconds: SECONDS }, 200));
  return `${perSecond.toFixed(0)} pages a second, with the profiler`;
});
const to = now();
await server.stop();
await ground.stop();

const [file = ''] = readdirSync(folder);
const calls = callsOf(join(folder, file), from, to);
const lines = timeByOwner(calls)
  .map(([owner, us]) => ({ owner, part: us / calls.total }))
  .filter(({ part }) => part >= LEAST)
  .map(({ owner, part }) => `| ${owner} | ${(100 * part).toFixed(1)} |`);
const table = ['| | % of the time |', '| --- | ---: |', ...lines].join('\n');
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/profile.svg', flameGraph(calls));
writeFileSync('bench/results/profile.md', `# The cart's page, profiled\n\n${table}\n`);
say(`\n${table}\n\nThe flame graph is bench/results/profile.svg.`);
process.exit();

function now(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
