import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { PATIENCE } from '../../dev/patience.js';
import { descendants } from '../../dev/process-tree.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type App, type RedisStack, startApp, startStack } from '../counter/stack.js';
import { ADD, PAGE } from '../counter/pages.js';
import { METRICS_ON, MetricsPage, metricsUrlOf } from './metrics-page.js';
import { Visitor } from './visitor.js';

let stack: RedisStack;
let all: Visitor[] = [];
beforeAll(async () => {
  stack = await startStack(METRICS_ON);
});
afterEach(() => {
  for (const visitor of all.splice(0)) visitor.leave();
});
afterAll(async () => stack.stop());

const workers = () => descendants(stack.app.process.pid!);
const metrics = async () => MetricsPage.of(stack.app);

/** Visitors, each over a connection of their own: workers take connections in turn. */
function visitors(count: number): Visitor[] {
  all = Array.from({ length: count }, () => new Visitor(stack.url));
  return all;
}

/** What the visitors below do, as metrics have it: each logs in, adds a thing, looks at it twice, and logs out. */
async function visit(visitor: Visitor): Promise<void> {
  await visitor.logIn();
  await visitor.post(...ADD);
  await visitor.get(PAGE, 'application/json');
  await visitor.get(PAGE, 'application/json');
  await visitor.post('/logout', {});
}

const ONE_VISIT = {
  logins: [
    'http_request_duration_seconds_count',
    'method="POST"',
    'route="/login"',
    'status="303"',
  ],
  adds: ['http_request_duration_seconds_count', 'method="POST"', `route="${ADD[0]}"`],
  looks: ['http_request_duration_seconds_count', 'method="GET"', `route="${PAGE}"`, 'status="200"'],
  made: ['session_events_total', 'event="made"'],
  read: ['session_events_total', 'event="read"'],
  missed: ['session_events_total', 'event="missed"'],
  changed: ['session_events_total', 'event="changed"'],
  conflicted: ['session_events_total', 'event="conflicted"'],
  ended: ['session_events_total', 'event="ended"'],
  creations: ['session_store_operation_duration_seconds_count', 'operation="create"'],
  passwords: ['password_work_seconds_count'],
  waits: ['login_wait_seconds_count'],
} satisfies Record<string, [string, ...string[]]>;

type Counts = Record<keyof typeof ONE_VISIT, number>;

/** What it does of each. An add says so on the next page, which takes that out of the session. */
const DOES: Counts = {
  ...{ logins: 1, adds: 1, looks: 2, made: 1, read: 4, missed: 0, changed: 1, conflicted: 0 },
  ...{ ended: 1, creations: 1, passwords: 1, waits: 1 },
};

async function counts(): Promise<Counts> {
  const page = await metrics();
  const entries = Object.entries(ONE_VISIT) as [keyof Counts, [string, ...string[]]][];
  return Object.fromEntries(entries.map(([name, sample]) => [name, page.sum(...sample)])) as Counts;
}

/** What must have been counted once some have been here. */
function after(before: Counts, visits: number): Counts {
  const entries = Object.entries(before) as [keyof Counts, number][];
  return Object.fromEntries(
    entries.map(([name, count]) => [name, count + visits * DOES[name]]),
  ) as Counts;
}

/** An answer is counted when all of it is sent, which may be a moment after it is here. */
async function untilCounted(expected: Counts): Promise<void> {
  const names = Object.keys(expected) as (keyof Counts)[];
  let counted = await counts();
  while (names.some((name) => counted[name] < expected[name])) {
    await pause(20);
    counted = await counts();
  }
  expect(counted).toEqual(expected);
}

test('what was done is counted, neither more nor less, over all workers', async () => {
  const before = await counts();
  await Promise.all(visitors(6).map(visit));
  await untilCounted(after(before, 6));
  const lines = stack.app
    .output()
    .split('\n')
    .filter((line) => line.includes('"route":'));
  expect(new Set(lines.map((line) => (JSON.parse(line) as { worker: number }).worker)).size).toBe(
    2,
  );
});

test('what a worker has counted stays counted when it is killed or replaced', async () => {
  const before = await counts();
  await Promise.all(visitors(4).map(visit));
  await untilCounted(after(before, 4));
  const [killed, replaced] = workers();
  process.kill(killed!, 'SIGKILL');
  await untilWorkers({ ready: 2, without: killed! });
  expect(await counts()).toEqual(after(before, 4));

  await Promise.all(visitors(4).map(visit));
  // It has told nobody yet what it has counted since.
  process.kill(replaced!, 'SIGTERM');
  await untilWorkers({ ready: 2, without: replaced! });
  await untilCounted(after(before, 8));
  await Promise.all(visitors(2).map(visit));
  await untilCounted(after(before, 10));

  const page = await metrics();
  expect(page.sum('worker_endings_total', 'reason="killed"')).toBe(1);
  expect(page.sum('worker_endings_total', 'reason="signal"')).toBe(1);
  expect(page.sum('worker_endings_total')).toBe(2);
});

/** Also in the metrics: those that have ended have no process any more. */
async function untilWorkers({ ready, without }: { ready: number; without: number }): Promise<void> {
  const settled = async () => {
    const page = await metrics();
    const processes = page.sum('workers');
    return page.sum('workers', 'state="ready"') === ready && processes === ready;
  };
  while (workers().includes(without) || !(await settled())) await pause(20);
}

test('each worker tells of its process', async () => {
  const page = await metrics();
  const memory = page.valuesOf('process_resident_memory_bytes');
  expect(memory).toHaveLength(2);
  for (const bytes of memory) expect(bytes).toBeGreaterThan(10 * 2 ** 20);
});

test('an answer of the store that fails is counted by how', async () => {
  // One at each worker.
  const both = visitors(2);
  for (const visitor of both) await visitor.logIn();
  const away = async () =>
    (await metrics()).sum(
      'session_store_operation_duration_seconds_count',
      'outcome="SessionStoreUnavailable"',
      'operation="read"',
    );
  expect(await away()).toBe(0);
  await stack.redis.stop();
  for (const visitor of both) expect((await visitor.get(PAGE)).status).toBe(503);
  while ((await away()) < 2) await pause(20);
  await stack.redis.start();
  for (const visitor of both) {
    while ((await visitor.get(PAGE)).status === 503) await pause(20);
  }
});

test('nothing that a client has sent or should not know is in it, however much is asked for', async () => {
  const [visitor] = visitors(1) as [Visitor];
  await visitor.logIn();
  const before = (await metrics()).text;
  for (let i = 0; i < 50; i++) await visitor.get(`/no-such-page-${i}?secret=${i}`);
  await visitor.get(`${PAGE}?of=somebody`);
  while ((await metrics()).sum('http_request_duration_seconds_count', 'route="none"') < 50)
    await pause(20);
  const page = await metrics();
  const id = visitor.cookie.replace('session_id=', '');
  const key = createHash('sha256').update(id).digest('base64url');
  const secrets = [id, key, key.slice(0, 8), 'secret', 'no-such-page', 'ada@', '127.0.0.1'];
  expect(secrets.filter((secret) => page.text.includes(secret))).toEqual([]);
  // One for that page, and one for all pages that there are not, at most.
  expect(seriesOf(page.text, 'http_') - seriesOf(before, 'http_')).toBeLessThanOrEqual(2);
});

/** How many combinations of labels there are. */
function seriesOf(text: string, prefix: string): number {
  return text.split('\n').filter((line) => line.startsWith(prefix) && line.includes('_count'))
    .length;
}

test('only the listener of the metrics has them, and nothing else', async () => {
  expect((await fetch(`${stack.url}/metrics`)).status).toBe(404);
  const url = metricsUrlOf(stack.app);
  expect(new URL(url).hostname).toBe('127.0.0.1');
  expect(new URL(url).port).not.toBe(new URL(stack.url).port);
  for (const path of ['/', '/login', '/metrics/', '/metrics?x', '/health']) {
    expect((await fetch(new URL(path, url))).status).toBe(404);
  }
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  expect((await fetch(url)).headers.get('content-type')).toMatch('text/plain; version=0.0.4');
});

describe('with other settings', () => {
  let app: App;
  afterEach(async () => app.kill());

  test('there are none unless the settings ask for them, and a change of the settings does', async () => {
    const settings = new SettingsFile(PATIENCE);
    app = await startApp({ env: { ...stack.env, METRICS: '', WORKERS: '2' }, settings });
    expect(() => metricsUrlOf(app)).toThrow();
    settings.change(PATIENCE, { metrics: { enabled: true } });
    while (!app.output().includes('"metrics"')) await pause(20);
    const names = async () => (await MetricsPage.of(app)).names;
    while (!(await names()).has('session_events_total')) await pause(20);
  });

  test('a single process tells its own', async () => {
    app = await startApp({ env: { ...stack.env, WORKERS: '1' }, settings: stack.settings });
    await fetch(`${app.url}/login`);
    const login = async () =>
      (await MetricsPage.of(app)).sum('http_request_duration_seconds_count', 'route="/login"');
    while ((await login()) === 0) await pause(20);
    expect(await login()).toBe(1);
  });
});
