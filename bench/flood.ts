import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { SettingsFile } from '../dev/settings-file.js';
import { startStack } from '../dev/stack.js';
import { say } from '../dev/terminal.js';
import { Flood } from '../test/app/flood.js';
import { Visitor } from '../test/app/visitor.js';

/**
 * `npm run bench:flood`: how long signed-in readers wait for a page, in quiet and while wrong passwords come without end.
 * The rounds take turns. The flood comes from another process, so that the readers' clock does not wait for it.
 */

const READERS = 50;
/** Readers look at a page before they ask for the next, in milliseconds on average. */
const READING_MS = 100;
const AT_ONCE = 200;
const ROUNDS = 6;
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
  const settings = new SettingsFile({
    server: { trust_proxy: ['127.0.0.1'] },
    workers: { max_requests: 0 },
  });
  const stack = await startStack({}, { settings });
  const ada = await Visitor.signedIn(stack.url);
  const readers = Array.from({ length: READERS }, () => ada.twin());

  say(
    `${availableParallelism()} cores, Node.js ${process.version}, 2 workers, ${READERS} readers,`,
  );
  say(`${AT_ONCE} logins at once, ${ROUNDS} rounds of ${PAGES} pages; milliseconds a page\n`);
  const quiet: number[] = [];
  const flooded: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const crowd = fork(import.meta.filename);
    await once(crowd, 'message');
    const without = await read(readers);
    crowd.send(stack.url);
    const within = await read(readers);
    crowd.kill('SIGKILL');
    await once(crowd, 'exit');
    // Those that wait for their turn have nobody any more who waits for them.
    await pause(3_000);
    // The first round warms up.
    if (round === 0) continue;
    quiet.push(...without);
    flooded.push(...within);
  }
  for (const part of [0.5, 0.99]) {
    const [without, within] = [quantile(quiet, part), quantile(flooded, part)];
    const ratio = (within / without).toFixed(2);
    say(
      `p${part * 100}  quiet ${without.toFixed(1)}  flooded ${within.toFixed(1)}  ratio ${ratio}`,
    );
  }
  await stack.stop();
  process.exit();
}

async function read(readers: readonly Visitor[]): Promise<number[]> {
  const times: number[] = [];
  const work = async (reader: Visitor): Promise<void> => {
    while (times.length < PAGES) {
      await pause(Math.random() * 2 * READING_MS);
      const started = performance.now();
      const { status } = await reader.get('/cart');
      if (status !== 200) throw new Error(`answered with ${status}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(readers.map(work));
  return times;
}

function quantile(times: readonly number[], part: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? NaN;
}
