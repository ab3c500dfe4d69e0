import { setTimeout as pause } from 'node:timers/promises';

import { PATIENCE } from '../../dev/patience.js';
import { type Stack, startStack } from '../counter/stack.js';
import { soak } from '../soak.js';
import { NONE, Visitors } from './visitors.js';

const TIMES = soak(1, 10);
const WORKERS = 2;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ WORKERS: String(WORKERS), LOG_LEVEL: 'info' });
});
afterAll(async () => stack.stop());

/** How many workers have begun to serve so far. */
const starts = () => stack.app.output().split('"msg":"worker ready"').length - 1;

test('SIGHUP replaces all workers, and nobody notices', async () => {
  const before = starts();
  const visitors = await Visitors.at(stack.app.url);
  for (let i = 1; i <= TIMES; i++) {
    stack.app.process.kill('SIGHUP');
    while (starts() < before + i * WORKERS) await visitors.goOn();
  }
  expect(await visitors.stop()).toEqual(NONE);
});

test('a changed setting replaces all workers, and nobody notices', async () => {
  const before = starts();
  const visitors = await Visitors.at(stack.app.url);
  for (let i = 1; i <= TIMES; i++) {
    stack.settings.change(PATIENCE, { auth: { argon2: { memory_kib: 19_456 + i } } });
    while (starts() < before + i * WORKERS) await visitors.goOn();
  }
  expect(await visitors.stop()).toEqual(NONE);
});

test('workers that have answered their share are replaced, and nobody notices', async () => {
  const before = starts();
  stack.settings.change(PATIENCE, { workers: { max_requests: 200 } });
  while (starts() < before + WORKERS) await pause(10);
  const visitors = await Visitors.at(stack.app.url);
  while (starts() < before + WORKERS + TIMES) await visitors.goOn();
  expect(await visitors.stop()).toEqual(NONE);
});
