import { spawnSync } from 'node:child_process';

import type { StoreSettings } from '../../src/session/stores/open-store.js';

const SQL = { table: 'sessions', poolSize: 1, timeoutMs: 100, sweepEveryMs: 60_000 };

const DRIVERS = ['ioredis', 'pg', 'mysql2'];

const CASES: readonly [StoreSettings, drivers: string[]][] = [
  [{ kind: 'redis', url: 'redis://127.0.0.1:1', timeoutMs: 100 }, ['ioredis']],
  [{ kind: 'memcached', url: 'memcached://127.0.0.1:1', timeoutMs: 100 }, []],
  [{ kind: 'postgres', url: 'postgresql://127.0.0.1:1/x', ...SQL }, ['pg']],
  [{ kind: 'mysql', url: 'mysql://127.0.0.1:1/x', ...SQL }, ['mysql2']],
  [{ kind: 'file', folder: 'data/sessions', timeoutMs: 100, sweepEveryMs: 60_000 }, []],
  [{ kind: 'memory', sweepEveryMs: 60_000 }, []],
];

/** Opens a store in a process of its own; prints the files of packages that were loaded for it. */
const PROGRAM = `
  import { createRequire } from 'node:module';
  import { openStore } from './dist/src/session/stores/open-store.js';
  await openStore(JSON.parse(process.argv[1]), { idleMs: 1, guestIdleMs: 1, absoluteMs: 1 });
  console.log(Object.keys(createRequire(process.cwd() + '/x').cache).join('\\n'));
  process.exit();`;

test.each(CASES)('of all drivers $kind loads its own alone', (settings, drivers) => {
  const args = ['--input-type=module', '-e', PROGRAM, JSON.stringify(settings)];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(0);
  const loaded = DRIVERS.filter((driver) => stdout.includes(`/node_modules/${driver}/`));
  expect(loaded).toEqual(drivers);
});
