import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import { PATIENCE } from '../../dev/patience.js';
import { descendants } from '../../dev/process-tree.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { Flood } from './flood.js';
import { waitingForLocks } from './in-postgres.js';
import { METRICS_ON, MetricsPage } from './metrics-page.js';
import { NONE, Visitors } from './visitors.js';

const WORKERS = 2;
/** auth.argon2 in config/server.yaml: what a worker takes for the password that it checks, in MiB. */
const ARGON2_MIB = 19;
/** How many logins a worker looks up at once: the next while a password is checked. */
const LOOKUPS_AT_ONCE = 2;
/** The threads of libuv's pool, which check the passwords. */
const POOL_SIZE = 4;
/** What hundreds of requests leave for the garbage collector, in MiB. */
const SLACK_MIB = 120;

let stack: Stack;
beforeAll(async () => {
  // The tests say where they come from, as a proxy does. Whoever is not served must be so for the queue alone.
  const settings = new SettingsFile(PATIENCE, {
    server: { trust_proxy: ['127.0.0.1'] },
    auth: { argon2: { max_wait_ms: 5_000 }, limits: { tries_per_address: 1_000_000 } },
  });
  stack = await startStack({ WORKERS: `${WORKERS}` }, { settings });
});
afterAll(async () => stack.stop());

test('while 200 wrong logins come at once, without end, readers are served and the right password gets in', async () => {
  const readers = await Visitors.at(stack.url, 20);
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
  const answers = await flood.stop();

  expect(await readers.stop()).toEqual(NONE);
  expect(answers).toContain(401);
  expect([...answers].filter((each) => each !== 401 && each !== 429 && each !== 503)).toEqual([]);
  expect(after - before).toBeLessThan(ARGON2_MIB + SLACK_MIB);
}, 180_000);

test('one client that sends 200 wrong logins at once, without end, keeps nobody else out', async () => {
  const flood = Flood.at(stack.url, 200, '203.0.113.9');
  while (!flood.answers.has(503)) await pause(50);
  for (let i = 0; i < 9; i++) {
    const headers = { 'x-forwarded-for': `203.0.113.${100 + i}` };
    const form = { email: 'grace@example.com', password: 'a walk along the river' };
    expect((await new Browser(stack.url).post('/login', form, headers)).status).toBe(303);
  }
  const answers = await flood.stop();
  expect([...answers].toSorted()).toEqual([401, 503]);
});

test('who is turned away costs no more than the answer: nothing is asked of the database', async () => {
  // Two fill the queue, each for seconds.
  const settings = new SettingsFile(PATIENCE, {
    auth: { argon2: { iterations: 100, waiting: 1 } },
  });
  const busy = await startStack({ ...METRICS_ON, WORKERS: '1' }, { settings });
  const guess = async (email: string) => new Browser(busy.url).logIn(email, 'not the password');
  const lookups = () => busy.postgres.statements().filter((one) => one.includes('"users"'));
  try {
    const waiting = ['joan@example.com', 'mary@example.com'].map(guess);
    while ((await MetricsPage.of(busy.app)).sum('passwords_waiting') < 1) await pause(50);
    expect(lookups()).toHaveLength(2);
    expect((await guess('grace@example.com')).status).toBe(503);
    expect(lookups()).toHaveLength(2);
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(401);
  } finally {
    await busy.stop();
  }
});

test('however many log in, the database has connections left for those who read', async () => {
  const { url } = stack.postgres;
  const admin = new Client(url);
  await admin.connect();
  await admin.query('BEGIN; LOCK TABLE rate_limits');
  const guesser = new Browser(stack.url);
  const logins = Array.from({ length: 60 }, async (_, i) =>
    guesser.logIn(`joan-${i}@example.com`, 'not the password'),
  );
  while ((await waitingForLocks(url)).length < WORKERS * LOOKUPS_AT_ONCE) await pause(50);
  for (let i = 0; i < 10; i++) {
    expect((await new Browser(stack.url).get('/')).status).toBe(200);
  }
  expect(await waitingForLocks(url)).toHaveLength(WORKERS * LOOKUPS_AT_ONCE);
  await admin.end();
  for (const { status } of await Promise.all(logins)) expect([401, 503]).toContain(status);
});

test('the threads that check passwords go after the one that answers, and no others do', async () => {
  const threads = workers().flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((id) => ({ pid, id: Number(id) })),
  );
  const before = threads.map(cpuTimeOf);
  // So many that V8's threads, which compile and collect garbage meanwhile, do less.
  for (let i = 0; i < 10; i++) {
    const guesses = Array.from({ length: 10 }, async (_, account) =>
      new Browser(stack.url).logIn(`joan-${i}-${account}@example.com`, 'wrong'),
    );
    for (const { status } of await Promise.all(guesses)) expect(status).toBe(401);
  }
  const worked = new Map(threads.map((each, i) => [each.id, cpuTimeOf(each) - before[i]!]));

  for (const pid of workers()) {
    const helpers = threads.filter((each) => each.pid === pid && each.id !== pid);
    const priorities = [...new Set(helpers.map(({ id }) => getPriority(id)))];
    const nice = helpers.filter(({ id }) => getPriority(id) > 0);
    const workOf = (those: typeof helpers) =>
      those.reduce((sum, { id }) => sum + worked.get(id)!, 0);
    expect(getPriority(pid)).toBe(0);
    expect(priorities.toSorted()).toEqual([0, 10]);
    expect(nice).toHaveLength(POOL_SIZE);
    expect(workOf(nice)).toBeGreaterThan(workOf(helpers) / 2);
  }
});

/** How long a thread of a process has run, in nanoseconds. */
function cpuTimeOf({ pid, id }: { pid: number; id: number }): number {
  return Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]);
}

const workers = (): number[] => descendants(stack.app.process.pid!);

/** The memory of the largest worker (RSS), in MiB. */
function largestMib(): number {
  const sizes = workers().map((pid) => {
    const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1_024;
  });
  return Math.max(...sizes);
}
