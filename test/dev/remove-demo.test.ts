import { cpSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { tempFolder } from '../../dev/guard.js';
import { run } from '../../dev/run.js';
import { WORDS } from '../demo/words.js';
import { soak } from '../soak.js';

const RENAME = ['npm', 'run', '--silent', 'rename', '--', 'my-app'];
const REMOVE = ['npm', 'run', '--silent', 'remove-demo'];

/** What is committed in a checkout, or would be. */
async function filesOf(folder: string): Promise<string[]> {
  const list = ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { output } = await run(list, { cwd: folder });
  const isFile = (file: string) =>
    lstatSync(join(folder, file), { throwIfNoEntry: false })?.isFile();
  return output.split('\n').filter(isFile);
}

/** A checkout of its own of what is here, in which commands were run one after the other. */
async function checkoutAfter(...commands: string[][]): Promise<string> {
  const folder = tempFolder('checkout');
  for (const file of await filesOf('.')) {
    cpSync(file, join(folder, file), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const git = ['git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  await succeed(folder, ['git', 'init', '--quiet']);
  await succeed(folder, ['git', 'add', '--all', '--', '.', ':!node_modules']);
  await succeed(folder, [...git, 'commit', '--quiet', '--message', 'All']);
  for (const command of commands) await succeed(folder, command);
  return folder;
}

async function succeed(cwd: string, command: readonly string[]): Promise<void> {
  // What this suite is told is not for that one, and Playwright refuses to run within Jest.
  const { SOAK, JEST_WORKER_ID, NODE_ENV, ...env } = process.env;
  const { ok, output } = await run(command, { cwd, env });
  if (!ok) throw new Error(`${command.join(' ')}: ${output}`);
}

let folder: string;
beforeAll(async () => {
  folder = await checkoutAfter(REMOVE, RENAME);
});

test('the demo is removed and the app renamed, in either order, with one outcome', async () => {
  const other = await checkoutAfter(RENAME, REMOVE);
  const files = await filesOf(folder);
  expect(await filesOf(other)).toEqual(files);
  for (const file of files) {
    expect([file, readFileSync(join(other, file), 'utf8')]).toEqual([
      file,
      readFileSync(join(folder, file), 'utf8'),
    ]);
  }
});

test('files that stay lose a line here and there, and get none', async () => {
  const checkout = await checkoutAfter(REMOVE);
  const changed = ['git', 'diff', '--numstat', '--diff-filter=M'];
  const { output } = await run(changed, { cwd: checkout });
  const counts = output
    .trim()
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  expect(counts.map(([added]) => added)).toEqual(counts.map(() => 0));
  expect(counts.reduce((sum, [, deleted = 0]) => sum + deleted, 0)).toBeLessThan(40);
});

test('no word of the demo is left', async () => {
  const told = (await filesOf(folder)).flatMap((file) =>
    `${file}\n${readFileSync(join(folder, file), 'utf8')}`
      .split('\n')
      .filter((line) => file !== 'package-lock.json' && WORDS.test(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(told).toEqual([]);
});

const CHECKS = ['npm run typecheck', 'npm run build', 'npm run lint', 'npm test'];

// All of its own tests take as long as those of this app.
test.each(CHECKS.slice(0, soak(3, CHECKS.length)))('what is left passes %s', async (command) => {
  await succeed(folder, command.split(' '));
});

test('files that git does not have keep all of it, and are named', async () => {
  const checkout = await checkoutAfter();
  writeFileSync(join(checkout, 'src/demo/ours.ts'), '');
  const { ok, output } = await run(REMOVE, { cwd: checkout });
  expect(ok).toBe(false);
  expect(output).toMatch(/Nothing is removed[^]*src\/demo\/ours\.ts/);
  expect((await run(['git', 'diff', '--stat'], { cwd: checkout })).output).toBe('');
});
