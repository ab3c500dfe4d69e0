import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

import { say, step } from '../dev/terminal.js';
import { chart } from './chart.js';
import { type Ground, startGround } from './ground.js';
import { oneCart, ownCarts } from './carts.js';
import { loginStorm, logins } from './logins.js';
import { memory, startUp } from './processes.js';
import { liveSessions, workers } from './sizes.js';
import { cartPage, loginPage } from './pages.js';
import { preparePeers } from './peers.js';
import { type Result, table } from './result.js';
import type { Extent } from './rounds.js';
import { type Server, type ServerName, SERVERS, startServer } from './servers.js';

/**
 * `npm run bench`: this program beside its peers, in one run. PARTS=a,f measures some parts only, and WHO=floor,program
 * some servers; ROUNDS and SECONDS say how long: ROUNDS=1 SECONDS=2 is a try-out.
 */

/** What a part measures with. */
export interface Contest {
  readonly ground: Ground;
  readonly servers: readonly Server[];
  readonly extent: Extent;
}

const PARTS = {
  a: cartPage,
  b: ownCarts,
  c: oneCart,
  d: logins,
  e: loginStorm,
  f: loginPage,
  g: startUp,
  h: memory,
  i: liveSessions,
  j: workers,
};

const { env } = process;
const extent = { rounds: Number(env['ROUNDS'] ?? 5), seconds: Number(env['SECONDS'] ?? 10) };
const parts = (env['PARTS'] ?? Object.keys(PARTS).join()).split(',').filter(isPart);

const who = (env['WHO'] ?? Object.keys(SERVERS).join()).split(',').filter(isServer);

await preparePeers();
let ground: Ground | null = null;
await step('Servers', async () => {
  ground = await startGround();
  return 'Redis and PostgreSQL run';
});
await measureAll(ground!);
process.exit();

async function measureAll(on: Ground): Promise<void> {
  const results: Result[] = [];
  const servers: Server[] = [];
  for (const name of who) {
    await step(name.padEnd(24), async () => {
      servers.push(await startServer(name, on.env));
      return servers.at(-1)?.url ?? '';
    });
  }
  const before = loadavg()[0] ?? NaN;
  for (const part of parts) {
    const measured = await PARTS[part]({ ground: on, servers, extent });
    for (const result of measured) say(`\n${result.title}, ${result.unit}\n\n${table(result)}\n`);
    results.push(...measured);
    report(results, before);
  }
  for (const server of servers) await server.stop();
  await on.stop();
}

function report(results: readonly Result[], before: number): void {
  mkdirSync('bench/results', { recursive: true });
  const [cpu] = cpus();
  const machine = `${availableParallelism()} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node.js ${process.version}`;
  const measured = new Set(results.map(({ title }) => title.charAt(1)));
  const said = [
    '# Measured by `npm run bench`',
    `${new Date().toISOString().slice(0, 16)}Z, ${machine}.`,
    `ROUNDS=${extent.rounds} SECONDS=${extent.seconds} PARTS=${[...measured].join()}. Load of the machine before: ${before.toFixed(1)}.`,
    '![The same as a chart](results.svg)',
    ...results.flatMap((result) => [
      `## ${result.title}, ${result.unit}`,
      table(result),
      ...(result.notes ?? []),
    ]),
  ];
  writeFileSync('bench/results/results.md', `${said.join('\n\n')}\n`);
  writeFileSync('bench/results/results.svg', chart(results));
}

function isServer(name: string): name is ServerName {
  if (name in SERVERS) return true;
  throw new Error(`there is no server ${name}: they are ${Object.keys(SERVERS).join()}`);
}

function isPart(part: string): part is keyof typeof PARTS {
  if (part in PARTS) return true;
  throw new Error(`there is no part ${part}: they are ${Object.keys(PARTS).join()}`);
}
