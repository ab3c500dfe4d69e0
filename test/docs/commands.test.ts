import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { run } from '../../dev/run.js';
import { Browser } from '../app/browser.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { shellCommands } from './documents.js';

/** What those who begin are told to type. */
const commands = [...new Set(['README.md', 'CONTRIBUTING.md'].flatMap(shellCommands))];

/** What is run against a program that is started, in the order in which it stands. */
const OF_OPERATORS = commands.filter((command) => command.startsWith('npm run sessions'));
/** What is run in a clone of its own. The whole suite is none of them: this test is a part of it. */
const IN_A_CLONE = [
  'npm ci',
  'git config core.hooksPath .githooks',
  'npm run lint',
  'npm run typecheck',
];
/** What starts the app with all that it needs. */
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const STARTS = commands.filter((command) =>
  scripts[command.replace('npm run ', '')]?.includes('dev/start.ts'),
);
const THE_SUITE = ['npm test'];

test('each command of the README and CONTRIBUTING is one that is run here', () => {
  expect(STARTS).toContain('npm run start:dev');
  const known = new Set([...OF_OPERATORS, ...IN_A_CLONE, ...STARTS, ...THE_SUITE]);
  expect(commands.filter((command) => !known.has(command))).toEqual([]);
});

describe('what operators type', () => {
  let stack: RedisStack;
  beforeAll(async () => {
    stack = await startStack({ WORKERS: '1' });
    await new Browser(stack.url).logIn();
  });
  afterAll(async () => stack.stop());

  test.each(OF_OPERATORS)('%s', async (command) => {
    const outcome = await run(['sh', '-c', command], { env: { ...process.env, ...stack.env } });
    expect(outcome).toMatchObject({ ok: true });
  });
});

// It installs and starts everything anew, which takes minutes.
const inTheSoakRun = process.env['SOAK'] ? describe : () => undefined;
inTheSoakRun('what who has just cloned it types, in a clone', () => {
  let clone: string;
  beforeAll(async () => {
    clone = join(mkdtempSync(join(tmpdir(), 'clone-')), 'nest-session-starter');
    expect(await run(['git', 'clone', '--quiet', '.', clone])).toMatchObject({ ok: true });
  });
  afterAll(() => rmSync(join(clone, '..'), { recursive: true }));

  test.each(IN_A_CLONE)('%s', async (command) => {
    expect(await run(['sh', '-c', command], { cwd: clone })).toMatchObject({ ok: true });
  });

  test.each(STARTS)('%s: an account that is made there is logged in', async (start) => {
    const child = spawn('sh', ['-c', `exec ${start}`], {
      cwd: clone,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const ended = once(child, 'exit');
    try {
      let address: string | undefined;
      for await (const line of createInterface(child.stdout)) {
        address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (address !== undefined) break;
      }
      const browser = new Browser(address!);
      await browser.post('/signup', { email: 'joan@example.com' });
      const inbox = await (await browser.get('/inbox')).text();
      const [, token = ''] = /token(?:=|&#x3D;)([\w-]+)/.exec(inbox) ?? [];
      const account = { token, name: 'Joan Clarke', password: 'nine lemons on a windowsill' };
      expect((await browser.post('/signup/finish', account)).status).toBe(303);
      expect(await browser.isIn()).toBe(true);
    } finally {
      // As Ctrl-C does: to all of it.
      process.kill(-child.pid!, 'SIGINT');
      await ended;
    }
  });
});
