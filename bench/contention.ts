import { availableParallelism } from 'node:os';

import { descendants } from '../dev/process-tree.js';
import { SettingsFile } from '../dev/settings-file.js';
import { startStack } from '../dev/stack.js';
import { say, step } from '../dev/terminal.js';
import { Visitor } from '../test/app/visitor.js';
import { quantile } from './rounds.js';

/**
 * `npm run bench -- contention`: how long an add to a cart takes, when each connection has a session of its own, when all share one,
 * and when workers are killed meanwhile. The rounds take turns, so that what else the machine does falls on all alike.
 */

const WORKERS = '4';
const CONNECTIONS = 50;
const ADDS = 2_000;
const ROUNDS = 5;
const KILL_EVERY_MS = 1_000;

/** Shows how far a round is. */
type Show = (howFar: string) => void;

const stack = await startStack({ WORKERS }, { settings: new SettingsFile() });
const ada = await Visitor.signedIn(stack.url);
const own: Visitor[] = [];
while (own.length < CONNECTIONS) own.push(await Visitor.signedIn(stack.url));
const shared = Array.from({ length: CONNECTIONS }, () => ada.twin());

const kinds = {
  'a session each': async (show: Show) => add(own, show),
  'all on one session': async (show: Show) => add(shared, show),
  'all on one session, a worker killed every second': async (show: Show) =>
    underFire(() => add(shared, show)),
};

say(`${availableParallelism()} cores, Node.js ${process.version}, ${WORKERS} workers,`);
say(`${CONNECTIONS} connections, ${ROUNDS} rounds of ${ADDS} adds; milliseconds an add\n`);
const seen = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round++) {
  // The first round warms up.
  await step(round === 0 ? 'Warm-up' : `Round ${round}`, async (show) => {
    for (const [kind, run] of Object.entries(kinds)) {
      const times = await run((howFar) => show(`${kind}: ${howFar}`));
      if (round > 0) seen.set(kind, [...(seen.get(kind) ?? []), ...times]);
    }
    return 'done';
  });
}
say('');
const base = quantile(seen.get('a session each') ?? [], 0.5);
for (const [kind, times] of seen) {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  const ratio = (p50 / base).toFixed(2);
  say(`${kind.padEnd(50)} p50 ${p50.toFixed(1)}  p99 ${p99.toFixed(1)}  ratio ${ratio}`);
}
await stack.stop();
process.exit();

/** The time of each add that was answered. */
async function add(shoppers: readonly Visitor[], show: Show): Promise<number[]> {
  const times: number[] = [];
  let left = ADDS;
  const work = async (shopper: Visitor): Promise<void> => {
    while (left-- > 0) {
      const started = performance.now();
      try {
        const { status } = await shopper.post('/cart/items', { product: 'tea' });
        if (status !== 303) throw new Error(`answered with ${status}`);
        times.push(performance.now() - started);
        show(`${times.length} of ${ADDS}`);
      } catch (error) {
        // Its worker was killed.
        if (!/ECONNRESET|EPIPE|socket hang up/.test(String(error))) throw error;
      }
    }
  };
  await Promise.all(shoppers.map(work));
  return times;
}

async function underFire<T>(run: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    const pids = descendants(stack.app.process.pid ?? 0);
    const pid = pids[Math.floor(Math.random() * pids.length)];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }, KILL_EVERY_MS);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
