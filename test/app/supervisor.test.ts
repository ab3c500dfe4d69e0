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
/** Resolves when a text has been logged so many times more than when this was called. */
async function untilMore(text: string, times = 1): Promise<void> {
  const before = logged(text);
  await until(() => logged(text) === before + times);
}
const READY = '"worker ready"';
const ENDED_WELL = '"worker ended: exit code 0"';
const statusOf = async (path = '/login') => (await fetch(app.url + path)).status;

describe('a program that goes on', () => {
  beforeAll(async () => start());
  afterAll(async () => app.kill());

  test('replaces a worker that crashes', async () => {
    const [victim] = workers();
    const replaced = untilMore(READY);
    process.kill(victim!, 'SIGKILL');
    await replaced;
    expect(workers()).toHaveLength(2);
    expect(workers()).not.toContain(victim);
  });

  test('replaces a worker that an operator ends: another takes its place first', async () => {
    const [one] = workers();
    const [before, ended] = [logged(READY), untilMore(ENDED_WELL)];
    process.kill(one!, 'SIGTERM');
    await ended;
    expect(logged(READY)).toBe(before + 1);
    expect(workers()).not.toContain(one);
  });

  test('keeps its workers when a file has mistakes, and the log names them', async () => {
    const before = workers();
    const mistake = 'workers.max_requests: holds \\"plenty\\"';
    file.change({ workers: { max_requests: 'plenty' } });
    await until(() => logged(mistake) === 1);
    app.process.kill('SIGHUP');
    await until(() => logged(mistake) === 2);
    expect(workers()).toEqual(before);
    expect(await statusOf()).toBe(200);
  });

  test('gives settings up with which no worker starts: the old workers stay', async () => {
    const before = workers();
    file.change(UNSTARTABLE);
    await until(() => logged('no worker starts with the new settings') === 1);
    await until(() => workers().length === 2);
    expect(workers()).toEqual(before);
    expect(await statusOf()).toBe(200);
    // The next change is tried as if nothing had been.
    const replaced = untilMore(ENDED_WELL, 2);
    file.change({ workers: { max_requests: 9_999 } });
    await replaced;
    expect(await statusOf()).toBe(200);
  });

  test('changes the number of workers and the port without a restart', async () => {
    const port = await freePort();
    const replaced = untilMore(READY, 3);
    file.change({ workers: { count: 3 }, server: { port } });
    await replaced;
    await until(() => workers().length === 3);
    expect((await fetch(`http://127.0.0.1:${port}/login`)).status).toBe(200);
    await expect(fetch(`${app.url}/login`)).rejects.toThrow('fetch failed');
  });
});

describe('a program of its own', () => {
  afterEach(async () => app.kill());

  test('kills and replaces a worker whose event loop hangs', async () => {
    await start({}, { workers: { hang_timeout_ms: 2_000 } });
    const [hanging] = workers();
    const replaced = untilMore(READY);
    process.kill(hanging!, 'SIGSTOP');
    await replaced;
    expect(anyRuns([hanging!])).toBe(false);
    expect(app.output()).toContain('its event loop hangs');
    expect(await statusOf()).toBe(200);
  });

  test('replaces a worker that takes too much memory, and another is there before it ends', async () => {
    await start({}, { workers: { max_memory_mb: 1 } });
    await until(() => logged(ENDED_WELL) > 0);
    expect(app.output()).toMatch(/to be replaced: \d+ MB of memory/);
    const ready = app.output().split('"worker ended')[0]!.split(READY).length - 1;
    expect(ready).toBeGreaterThan(2);
  });

  test('whose workers can not start tries again and again, later each time; then it gives up', async () => {
    await expect(start({}, UNSTARTABLE)).rejects.toThrow(/no worker starts \(exit code 1\)/);
  });

  test('that is a single process serves without a supervisor', async () => {
    await start({ WORKERS: '1' });
    expect(workers()).toEqual([]);
    expect(await statusOf()).toBe(200);
    app.process.kill('SIGHUP');
    await until(() => logged('can’t replace itself') === 1);
    expect(await statusOf()).toBe(200);
    expect(await app.stop()).toBe(0);
  });

  test('names a port that is taken, alone or with workers', async () => {
    await start({ WORKERS: '1' });
    const PORT = new URL(app.url).port;
    for (const WORKERS of ['1', '2']) {
      await expect(startApp({ env: { ...ENV, PORT, WORKERS } })).rejects.toThrow(
        `port ${PORT} of 127.0.0.1 is taken by another program`,
      );
    }
  });
});
