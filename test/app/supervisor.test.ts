import { setTimeout as pause } from 'node:timers/promises';

import { type App, startApp } from '../../dev/app.js';
import { freePort } from '../../dev/free-port.js';
import { anyRuns, descendants } from '../../dev/process-tree.js';
import { type Settings, SettingsFile } from '../../dev/settings-file.js';

/** No server is needed for workers to come and go: pages for everybody are answered without any. */
const ENV = {
  ...{ NODE_ENV: 'development', LOG_LEVEL: 'info', WORKERS: '2' },
  ...{ DATABASE_URL: 'postgresql://127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' },
};

let app: App;
let file: SettingsFile;
afterEach(async () => app.kill());

async function start(env: Record<string, string> = {}, settings: Settings = {}): Promise<void> {
  file = new SettingsFile(settings);
  app = await startApp({ env: { ...ENV, ...env }, settings: file });
}

/** Passes all checks, and no worker can start with it. */
const UNSTARTABLE = { session: { redis: { ca_file: '/no/such/file.pem' } } };

const workers = () => descendants(app.process.pid!);
const logged = (text: string) => app.output().split(text).length - 1;
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}
const statusOf = async (path = '/login') => (await fetch(app.url + path)).status;

test('a worker that crashes is replaced', async () => {
  await start();
  const [victim] = workers();
  process.kill(victim!, 'SIGKILL');
  await until(() => logged('"worker ready"') === 3);
  expect(workers()).toHaveLength(2);
  expect(workers()).not.toContain(victim);
});

test('a worker whose event loop hangs is killed and replaced', async () => {
  await start({}, { workers: { hang_timeout_ms: 2_000 } });
  const [hanging] = workers();
  process.kill(hanging!, 'SIGSTOP');
  await until(() => logged('"worker ready"') === 3);
  expect(anyRuns([hanging!])).toBe(false);
  expect(app.output()).toContain('its event loop hangs');
  expect(await statusOf()).toBe(200);
});

test('a worker that takes too much memory is replaced, and another is there before it ends', async () => {
  await start({}, { workers: { max_memory_mb: 1 } });
  await until(() => logged('"worker ended: exit code 0"') > 0);
  expect(app.output()).toMatch(/to be replaced: \d+ MB of memory/);
  const ready = app.output().split('"worker ended')[0]!.split('"worker ready"').length - 1;
  expect(ready).toBeGreaterThan(2);
});

test('an operator may end one worker: another takes its place first', async () => {
  await start();
  const [one] = workers();
  process.kill(one!, 'SIGTERM');
  await until(() => logged('"worker ended: exit code 0"') === 1);
  expect(logged('"worker ready"')).toBe(3);
  expect(workers()).not.toContain(one);
});

test('workers that can not start are tried again and again, later each time; then the program gives up', async () => {
  await expect(start({}, UNSTARTABLE)).rejects.toThrow(/no worker starts \(exit code 1\)/);
});

test('settings with which no worker starts are given up: the old workers stay', async () => {
  await start();
  const before = workers();
  file.change(UNSTARTABLE);
  await until(() => logged('no worker starts with the new settings') === 1);
  await until(() => workers().length === 2);
  expect(workers()).toEqual(before);
  expect(await statusOf()).toBe(200);
  // The next change is tried as if nothing had been.
  file.change({ workers: { max_requests: 9_999 } });
  await until(() => logged('"worker ended: exit code 0"') === 2);
  expect(await statusOf()).toBe(200);
});

test('a file with mistakes changes nothing, and the log names them', async () => {
  await start();
  const before = workers();
  file.change({ workers: { max_requests: 'plenty' } });
  await until(() => logged('workers.max_requests: holds \\"plenty\\"') === 1);
  app.process.kill('SIGHUP');
  await until(() => logged('workers.max_requests: holds \\"plenty\\"') === 2);
  expect(workers()).toEqual(before);
  expect(await statusOf()).toBe(200);
});

test('the number of workers and the port change without a restart', async () => {
  await start();
  const port = await freePort();
  file.change({ workers: { count: 3 }, server: { port } });
  await until(() => logged('"worker ready"') === 5);
  await until(() => workers().length === 3);
  expect((await fetch(`http://127.0.0.1:${port}/login`)).status).toBe(200);
  await expect(fetch(`${app.url}/login`)).rejects.toThrow('fetch failed');
});

test('a single process serves without a supervisor', async () => {
  await start({ WORKERS: '1' });
  expect(workers()).toEqual([]);
  expect(await statusOf()).toBe(200);
  app.process.kill('SIGHUP');
  await until(() => logged('can’t replace itself') === 1);
  expect(await statusOf()).toBe(200);
  expect(await app.stop()).toBe(0);
});

test.each(['1', '2'])('a port that is taken is named (workers: %s)', async (count) => {
  await start();
  const PORT = new URL(app.url).port;
  const second = startApp({ env: { ...ENV, PORT, WORKERS: count } });
  await expect(second).rejects.toThrow(`port ${PORT} of 127.0.0.1 is taken by another program`);
});
