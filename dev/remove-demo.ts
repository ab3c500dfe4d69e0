import {
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import {
  DELETED,
  EDITED,
  MENTION,
  MIGRATED,
  MOVED,
  PRESERVED,
  REWORDED,
} from './remove-demo.list.js';
import { run } from './run.js';

/**
 * `npm run remove-demo`: takes the shop, the panel behind its pages and whatever tells of them out of a checkout, and
 * leaves login, sessions and the account. `remove-demo.list.ts` says what goes; lines between `demo:begin` and
 * `demo:end` go, too, and so do tests and paragraphs of documents that still speak of the demo then.
 *
 * The tables of the shop go out of the migrations that made them: run it before anything of yours is deployed. A database
 * that has them already keeps them until you drop them.
 */

const BLOCK = /^.*\bdemo:begin\b.*\n[\s\S]*?^.*\bdemo:end\b.*\n/gm;

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  if (!existsSync('src/demo')) {
    process.stdout.write('The demo has been removed already.\n');
    return;
  }
  const before = await trackedFiles();
  const deleted = new Set(before.filter((file) => DELETED.some((pattern) => pattern.test(file))));
  remove(deleted);
  for (const file of before.filter((name) => !deleted.has(name))) rewrite(file, withoutDemo);
  for (const [file, pairs] of Object.entries(EDITED))
    rewrite(file, (text) => edited(file, text, pairs));
  cpSync('dev/without-demo', '.', { recursive: true });
  for (const [from, to] of MOVED) renameSync(from, to);

  const left = (await trackedFiles()).filter((file) => existsSync(file));
  const tests = left.filter(
    (file) => /^(test|e2e|bench)\//.test(file) && MENTION.test(textOf(file)),
  );
  for (const file of tests) deleted.add(file);
  remove(tests);
  removeOwn(deleted);
  const documents = left.filter((file) => file.endsWith('.md') && existsSync(file));
  for (const file of documents) rewrite(file, (text) => withoutMentions(text, deleted));
  rewrite('package.json', withoutDeadScripts);
  await inOrder(['node_modules/.bin/prettier', '--write', '--log-level', 'warn', '.']);
  await inOrder(['node_modules/.bin/prisma', 'generate']);
  say(deleted);
}

/** All files of the checkout that git knows, or would. @throws Error when it is no checkout */
async function trackedFiles(): Promise<string[]> {
  const files = await inOrder(['git', 'ls-files', '--cached', '--others', '--exclude-standard']);
  return files.split('\n').filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile());
}

async function inOrder(command: readonly string[]): Promise<string> {
  const { ok, output } = await run(command);
  if (!ok) throw new Error(`${command.join(' ')} failed:\n${output}`);
  return output;
}

function remove(files: Iterable<string>): void {
  for (const file of files) {
    rmSync(file, { force: true });
    const folder = dirname(file);
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

function removeOwn(deleted: Set<string>): void {
  for (const path of ['dev/without-demo', 'dev/remove-demo.ts', 'dev/remove-demo.list.ts']) {
    rmSync(path, { recursive: true, force: true });
    deleted.add(path);
  }
}

function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}

function rewrite(file: string, change: (text: string, file: string) => string): void {
  const text = textOf(file);
  // Pictures and the like.
  if (text.includes('\0')) return;
  const changed = change(text, file);
  if (changed !== text) writeFileSync(file, changed);
}

function withoutDemo(text: string, file: string): string {
  let changed = text.replaceAll(BLOCK, '');
  if (file.startsWith('prisma/migrations/')) changed = changed.replaceAll(MIGRATED, '');
  if (PRESERVED.test(file)) return changed;
  for (const [where, from, to] of REWORDED) {
    if (where.test(file)) changed = changed.replaceAll(from, to);
  }
  return changed;
}

/** @throws Error when what is to be replaced is not there: the list is out of date */
function edited(file: string, text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`${file} does not hold:\n${from}`);
    return changed.replace(from, () => to);
  }, text);
}

/** A Markdown document without the paragraphs, list items, table rows and code that mention the demo or a file of it. */
function withoutMentions(text: string, deleted: ReadonlySet<string>): string {
  const names = [...deleted];
  const mentions = (part: string): boolean =>
    MENTION.test(part) ||
    names.some((name) => part.includes(name) || part.includes(`](${name.replace(/^docs\//, '')}`));
  const parts = partsOf(text).filter((part) => !mentions(part));
  return parts.filter((part, i) => !isLonely(part, parts[i + 1])).join('');
}

/** The smallest parts that can be left out: each with the blank lines that follow it. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let inCode = false;
  let after = '';
  for (const line of text.split(/(?<=\n)/)) {
    const begins =
      !inCode && (after === '' || after.trim() === '' || /^(?:[-*|#]|\d+\. )/.test(line));
    if (begins && !(line.trim() === '')) parts.push(line);
    else parts.push((parts.pop() ?? '') + line);
    if (/^\s*```/.test(line)) inCode = !inCode;
    after = line;
  }
  return parts;
}

/** Whether a heading or the head of a table has lost all that it stood over. */
function isLonely(part: string, next: string | undefined): boolean {
  const level = /^#+/.exec(part)?.[0].length;
  if (level === undefined || level === 1) return false;
  const nextLevel = next === undefined ? 0 : /^#+/.exec(next)?.[0].length;
  return nextLevel !== undefined && nextLevel <= level;
}

/** package.json without the scripts whose program is gone. */
function withoutDeadScripts(text: string): string {
  const all = JSON.parse(text) as { scripts: Record<string, string> };
  const alive = Object.entries(all.scripts).filter(
    ([name, script]) =>
      name !== 'demo' &&
      [...script.matchAll(/\b(?:tsx|node) ((?:dev|bench)\/\S+)/g)].every(([, file]) =>
        existsSync(file ?? ''),
      ),
  );
  return `${JSON.stringify({ ...all, scripts: Object.fromEntries(alive) }, null, 2)}\n`;
}

function say(deleted: ReadonlySet<string>): void {
  process.stdout.write(
    [
      `The demo is out: ${deleted.size} files are gone. \`git status\` and \`git diff\` show all of it.`,
      'Next: npm run build && npm test; then commit.',
      '',
    ].join('\n'),
  );
}
