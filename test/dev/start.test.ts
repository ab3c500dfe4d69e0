import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../../dev/free-port.js';
import { tempFolder } from '../../dev/guard.js';
import { findCommand } from '../../dev/install.js';
import { anyRuns, descendants } from '../../dev/process-tree.js';
import { startRedis } from '../../dev/redis.js';
import { run } from '../../dev/run.js';

const START = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  resolve('dev/start.ts'),
] as const;

/** The variables are its own: none of those that this process was started with. */
const variables = (env: Record<string, string>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  PORT: '0',
  ...env,
});

/** Runs it until it gives up; resolves to what it wrote. */
async function failing(env: Record<string, string>, cwd = process.cwd()): Promise<string> {
  const { ok, output } = await run(START, { cwd, env: variables(env) });
  expect(ok).toBe(false);
  expect(output).not.toMatch(/\n\s+at |secret/);
  return output;
}

/** Runs a command whose mounts nobody else sees. */
const MOUNTING = ['unshare', '--mount'] as const;
const { ok: mayMount } = await run([...MOUNTING, 'mount', '-t', 'tmpfs', 'none', '/mnt']);

const stranger = async () => `127.0.0.1:${await freePort()}`;

describe('what keeps it from starting is said with its remedy, and without a stack', () => {
  test('a port that is taken', async () => {
    const other = createServer();
    await once(other.listen(await freePort(), '127.0.0.1'), 'listening');
    const { port } = other.address() as { port: number };
    const output = await failing({ PORT: String(port) });
    other.close();
    const [, free = ''] =
      /is taken\. Take another: PORT=(\d+) npm run start:dev$/.exec(output) ?? [];
    expect(output).toContain(`Port ${port} is taken.`);
    expect(Number(free)).toBeGreaterThan(port);
  });

  test('settings with mistakes, all at once and before anything is started', async () => {
    const output = await failing({
      PORT: '70000',
      WORKERS: 'many',
      DATABASE_URL: 'mysql://secret',
    });
    expect(output).toMatch(/^config\/server\.yaml:/);
    expect(output).toContain('server.port: holds "70000"; takes');
    expect(output).toContain('workers.count: holds "many"; takes');
    expect(output).toContain('database.url: holds something else; takes');
  });

  test('a store that there is none of', async () => {
    const output = await failing({ SESSION_STORE: 'floppy' });
    expect(output).toBe(
      'There is no session store "floppy". There are: redis, memcached, postgres, mysql, file, memory',
    );
  });

  test('a program that is not built', async () => {
    const output = await failing({}, tempFolder('clone'));
    expect(output).toContain('The program is not built. Build it: npm run build');
  });

  test('a database that does not answer', async () => {
    const host = await stranger();
    const output = await failing({ DATABASE_URL: `postgresql://ada:secret@${host}/app` });
    expect(output).toContain(
      `What DATABASE_URL names at ${host} can't be used: connect ECONNREFUSED`,
    );
    expect(output).toContain('\nStart it, or correct the variable.');
  });

  test.each([
    ['redis', 'REDIS_URL', 'redis://ada:secret@HOST'],
    ['memcached', 'MEMCACHED_URL', 'memcached://HOST'],
    ['mysql', 'MYSQL_URL', 'mysql://ada:secret@HOST/app'],
  ])('a store that does not answer: %s', async (store, variable, url) => {
    const host = await stranger();
    const output = await failing({ SESSION_STORE: store, [variable]: url.replace('HOST', host) });
    expect(output).toContain(
      `What ${variable} names at ${host} can't be used: connect ECONNREFUSED`,
    );
    expect(output).toContain('\nStart it, or correct the variable.');
  });

  test('a Redis that does not let it in', async () => {
    const redis = await startRedis(['--requirepass', 'right']);
    const output = await failing({ REDIS_URL: redis.url.replace('//', '//:secret@') });
    await redis.stop();
    expect(output).toContain("can't be used: WRONGPASS");
  });

  // A small disk takes a file system of its own, which not everybody may mount.
  (mayMount ? test : test.skip)('a full disk', async () => {
    const disk = tempFolder('disk');
    const onDisk = `mount -t tmpfs -o size=20m none ${disk} && TMPDIR=${disk} "$@"`;
    const command = [...MOUNTING, 'sh', '-c', onDisk, 'sh', ...START];
    const { output } = await run(command, { env: variables({}) });
    expect(output).toContain(`The disk is full: the servers keep their files in ${disk}`);
    expect(output).toContain('TMPDIR=/some/folder npm run start:dev');
    expect(output).not.toMatch(/\n\s+at /);
  });
});

describe('a clone says what it lacks before anything is built', () => {
  /** A clone with nothing in it but what looks for what is lacking. */
  const clone = (engines: string, ...files: string[]): string => {
    const folder = tempFolder('clone');
    const manifest = { type: 'module', engines: { node: engines } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    for (const file of ['dev', 'node_modules/.bin'])
      mkdirSync(join(folder, file), { recursive: true });
    for (const file of files) writeFileSync(join(folder, file), '');
    cpSync('dev/requirements.js', join(folder, 'dev/requirements.js'));
    return join(folder, 'dev/requirements.js');
  };
  const TSX = 'node_modules/.bin/tsx';
  const own = process.versions.node;
  const [major = 0] = own.split('.').map(Number);

  test('a newer Node.js', async () => {
    const next = `^${major + 1}.2.0 || ^${major + 3}.0.0`;
    const { ok, output } = await run([process.execPath, clone(next, TSX)]);
    expect(ok).toBe(false);
    expect(output).toContain(
      `Node.js ${own} is too old: this takes ${major + 1}.2 or newer ${major + 1}, ${major + 3}.0 or newer ${major + 3}.`,
    );
    expect(output).toContain('nvm install');
  });

  test('a newer Node.js, if only by a little', async () => {
    const { ok, output } = await run([process.execPath, clone(`^${major}.999.0`, TSX)]);
    expect(ok).toBe(false);
    expect(output).toContain('is too old');
  });

  test('its packages', async () => {
    const { ok, output } = await run([process.execPath, clone(`^${major}.0.0`)]);
    expect([ok, output]).toEqual([
      false,
      'The packages are not installed yet.\nInstall them: npm ci',
    ]);
  });

  test('nothing', async () => {
    expect(await run([process.execPath, clone(`^${own}`, TSX)])).toEqual({ ok: true, output: '' });
  });

  test('a Node.js that it was tested with, which is no reason to stop', async () => {
    const others = `^${major - 2}.0.0 || ^${major + 2}.0.0`;
    const { ok, output } = await run([process.execPath, clone(others, TSX)]);
    expect(ok).toBe(true);
    expect(output).toContain(`Node.js ${own} is none that this was tested with`);
  });
});

describe('the start', () => {
  let child: ChildProcess;
  let output: string;
  let url: string;

  /** Starts it and waits for its frame. */
  const start = async (env: Record<string, string> = {}): Promise<void> => {
    child = spawn(START[0], START.slice(1), { env: variables(env), stdio: ['ignore', 'pipe', 2] });
    output = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
    while (!output.includes('╯')) {
      if (child.exitCode !== null) throw new Error(output);
      await pause(20);
    }
    [, url = ''] = /Ready: (\S+)/.exec(output) ?? [];
  };
  const ended = async (): Promise<number | null> => {
    while (child.exitCode === null) await pause(20);
    return child.exitCode;
  };
  afterEach(() => void child.kill('SIGKILL'));

  test('shows its steps, where it is and where its mails are; without Redis what it does instead; Ctrl-C ends it', async () => {
    await start({ PATH: pathOf('sleep', 'rm', 'grep', 'chown') });
    expect(output).toMatch(/No Redis: redis-server or valkey-server is not on the PATH/);
    expect(output).toContain('Install Redis, or name a server of your own in REDIS_URL');
    expect(output).toMatch(/✓ PostgreSQL .*\d s\)\n/);
    expect(output).toMatch(/✓ Sessions +the same PostgreSQL \(/);
    for (const step of ['Tables', 'Data', 'Program']) {
      expect(output).toMatch(new RegExp(`✓ ${step} `));
    }
    expect((await fetch(`${url}/inbox`)).status).toBe(200);
    expect(output).toMatch(new RegExp(`│ Mails +${url}/inbox +│`));
    expect(output).not.toContain('\u001B');

    const processes = descendants(child.pid!);
    // npm and the terminal may both pass it on.
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await ended()).toBe(0);
    expect(output).toMatch(/Stopping … \(Ctrl-C again stops at once\)\n$/);
    while (anyRuns(processes)) await pause(20);
  });

  test('waits for what is under way after a Ctrl-C, and for nothing after a second one', async () => {
    await start();
    const processes = descendants(child.pid!);
    const slow = connect(Number(new URL(url).port), '127.0.0.1');
    slow.on('error', () => undefined);
    // A request whose body never comes.
    slow.write('POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n');
    slow.write('Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n');
    await once(slow, 'data');
    child.kill('SIGINT');
    while (!output.includes('Stopping …')) await pause(20);
    while (child.exitCode === null) {
      await pause(50);
      child.kill('SIGINT');
    }
    expect(child.exitCode).toBe(130);
    while (anyRuns(processes)) await pause(20);
    slow.destroy();
  });
});

/** A PATH on which there are these commands, and no others. */
function pathOf(...commands: string[]): string {
  const folder = tempFolder('path');
  for (const command of commands) symlinkSync(findCommand([command])!, join(folder, command));
  return folder;
}
