import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';

import { descendants } from '../../dev/process-tree.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';
import { Flood } from './flood.js';
import { NONE, Shoppers } from './shoppers.js';

const WORKERS = 2;
/** auth.argon2 in config/server.yaml: what a worker takes for the passwords that it checks at once, in MiB. */
const ARGON2_MIB = 2 * 19;
/** What hundreds of requests leave for the garbage collector, in MiB. */
const SLACK_MIB = 120;

let stack: Stack;
beforeAll(async () => {
  // The tests say where they come from, as a proxy does.
  const settings = new SettingsFile({ server: { trust_proxy: ['127.0.0.1'] } });
  stack = await startStack({ WORKERS: `${WORKERS}`, BEHIND_THIS_PAGE: 'false' }, { settings });
});
afterAll(async () => stack.stop());

test('while 200 wrong logins come at once, without end, readers are served and the right password gets in', async () => {
  const readers = await Shoppers.at(stack.url, 20);
  await readers.goOn(400);
  const before = largestMib();

  const flood = Flood.at(stack.url, 200);
  let after = 0;
  let status = 0;
  // Whoever is turned away for the crowd tries again, as the page says.
  while (status !== 303) {
    const answer = await new Browser(stack.url).logIn('grace@example.com');
    ({ status } = answer);
    expect([303, 503]).toContain(status);
    after = Math.max(after, largestMib());
  }
  await readers.goOn(200);
  after = Math.max(after, largestMib());
  const statuses = await flood.stop();

  expect(await readers.stop()).toEqual(NONE);
  expect(statuses.has(401)).toBe(true);
  expect([...statuses].filter((each) => ![401, 429, 503].includes(each))).toEqual([]);
  expect(after - before).toBeLessThan(ARGON2_MIB + SLACK_MIB);
}, 180_000);

test('the threads that check passwords go after the one that answers', () => {
  for (const pid of workers()) {
    const threads = readdirSync(`/proc/${pid}/task`);
    const priorities = new Map(threads.map((id) => [Number(id), getPriority(Number(id))]));
    expect(priorities.get(pid)).toBe(0);
    priorities.delete(pid);
    expect([...priorities.values()].filter((priority) => priority > 0).length).toBeGreaterThan(3);
  }
});

const workers = (): number[] => descendants(stack.app.process.pid!);

/** The memory of the largest worker (RSS), in MiB. */
function largestMib(): number {
  const sizes = workers().map((pid) => {
    const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1_024;
  });
  return Math.max(...sizes);
}
