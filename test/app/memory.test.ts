import { readFileSync } from 'node:fs';

import { type Stack, startStack } from '../../dev/stack.js';
import { soak } from '../soak.js';
import { NONE, Shoppers } from './shoppers.js';

/** A heap that is young has not found its size yet. */
const TOLERANCE = soak(1.5, 1.1);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ WORKERS: '1' });
});
afterAll(async () => stack.stop());

/** What the process has in memory, in MiB. */
function residentMb(): number {
  const status = readFileSync(`/proc/${stack.app.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}

/** The least of it during some requests: what comes on top is garbage that waits to be collected. */
async function leastResidentMb(shoppers: Shoppers): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < 20; look++) {
    await shoppers.goOn(soak(100, 500));
    least = Math.min(least, residentMb());
  }
  return least;
}

test('a process needs no more memory the longer it serves', async () => {
  const shoppers = await Shoppers.at(stack.app.url, 20, 0);
  await shoppers.goOn(soak(5_000, 30_000));
  const early = await leastResidentMb(shoppers);
  await shoppers.goOn(soak(10_000, 270_000));
  const late = await leastResidentMb(shoppers);
  expect(await shoppers.stop()).toEqual(NONE);
  process.stdout.write(`${early.toFixed()} MiB, then ${late.toFixed()} MiB\n`);
  expect(late).toBeLessThan(TOLERANCE * early);
});
