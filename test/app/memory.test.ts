import { readFileSync } from 'node:fs';

import { type Stack, startStack } from '../counter/stack.js';
import { soak } from '../soak.js';
import { NONE, Visitors } from './visitors.js';

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

/** The median of it during some requests: it goes up and down with the garbage that waits to be collected. */
async function usualMb(visitors: Visitors): Promise<number> {
  const seen: number[] = [];
  while (seen.length < 21) {
    await visitors.goOn(soak(100, 1_000));
    seen.push(residentMb());
  }
  return seen.toSorted((a, b) => a - b)[10] ?? NaN;
}

test('a process needs no more memory the longer it serves', async () => {
  const visitors = await Visitors.at(stack.app.url, 20, 0);
  await visitors.goOn(soak(5_000, 30_000));
  const early = await usualMb(visitors);
  await visitors.goOn(soak(10_000, 270_000));
  const late = await usualMb(visitors);
  expect(await visitors.stop()).toEqual(NONE);
  process.stdout.write(`${early.toFixed()} MiB, then ${late.toFixed()} MiB\n`);
  expect(late).toBeLessThan(TOLERANCE * early);
});
