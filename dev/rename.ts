import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { run } from './run.js';

/**
 * `npm run rename -- my-app`: gives the program a name of its own, in each place that holds one. The session cookie and
 * the keys in the store get it, too: run it before anybody is logged in that must stay so.
 */

const TAKES = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const LONGEST = 40;

interface Place {
  readonly where: RegExp;
  readonly what: RegExp;
  readonly becomes: string;
}

const [name = ''] = process.argv.slice(2);
if (TAKES.test(name) && name.length <= LONGEST) await rename(name);
else refuse();

function refuse(): void {
  process.stderr.write(
    `${JSON.stringify(name)} is no name that this takes: lower-case letters and digits, in words that hyphens join, ` +
      `${LONGEST} characters at most.\nFor example: npm run rename -- my-app\n`,
  );
  process.exitCode = 1;
}

async function rename(to: string): Promise<void> {
  const { ok, output } = await run(['git', 'ls-files']);
  if (!ok) throw new Error(`git ls-files failed:\n${output}`);
  const places = placesOf(to);
  const changed = output.split('\n').filter((file) => renameIn(file, places));
  // Longer names break lines elsewhere.
  if (changed.length > 0) {
    await run(['node_modules/.bin/prettier', '--write', '--ignore-unknown', ...changed]);
  }
  const said = changed.length > 0 ? changed.join('\n') : 'Nothing to change.';
  process.stdout.write(`This is ${titleOf(to)} (${to}).\n${said}\n`);
}

/** Every place that holds the name, whatever it is now. */
function placesOf(to: string): Place[] {
  return [
    { where: /^package\.json$/, what: /(?<=^ {2}"name": ")[^"]*/m, becomes: to },
    {
      where: /^package-lock\.json$/,
      what: /(?<=^ {2}"name": "|^ {4}"": \{\n {6}"name": ")[^"]*/gm,
      becomes: to,
    },
    { where: /^docker-compose\.yml$/, what: /(?<=^name: )\S+/m, becomes: to },
    { where: /^README\.md$/, what: /(?<=^# ).*/, becomes: titleOf(to) },
    {
      where: /^src\/config\/app-name\.ts$/,
      what: /(?<=DEFAULT_APP_NAME = ')[^']*/,
      becomes: titleOf(to),
    },
    {
      where: /^config\/server\.yaml$|^\.env\.example$/,
      what: /(?<=MAIL_FROM(?::-|="))[^<]*(?= <)/,
      becomes: titleOf(to),
    },
    { where: /^config\/server\.yaml$/, what: /(?<=key_prefix: )'[^']*'/g, becomes: `'${to}:'` },
    {
      where: /^(?:src|test|e2e|config)\/|^README\.md$|^\.env\.example$/,
      what: /\b(?:[a-z0-9_]+_)?session_id\b/g,
      becomes: `${to.replaceAll('-', '_')}_session_id`,
    },
    {
      where: /^(?:test\/(?!session\/)|e2e\/)|^README\.md$/,
      what: /(?<=['`]|(?:SET|GETEX|key) )(?:[a-z0-9-]+:)?session:/g,
      becomes: `${to}:session:`,
    },
    {
      where: /^deploy\/redis-user\.acl$/,
      what: /(?<=~)(?:[a-z0-9-]+:)?(?=session(?:-owner)?:)/g,
      becomes: `${to}:`,
    },
  ];
}

/** Whether anything in the file has changed. */
function renameIn(file: string, places: readonly Place[]): boolean {
  const here = places.filter(({ where }) => where.test(file));
  if (here.length === 0 || !existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  const renamed = here.reduce((all, { what, becomes }) => all.replace(what, becomes), text);
  if (renamed === text) return false;
  writeFileSync(file, renamed);
  return true;
}

/** `my-app` as a title: My App. */
function titleOf(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
