import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

import { parse } from 'yaml';

import { DOCUMENTS, inlineCode, textOf } from './documents.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const settings = keysOf(parse(readFileSync('config/server.yaml', 'utf8')));
const variables = new Set(
  [...readFileSync('.env.example', 'utf8').matchAll(/^(?:# )?([A-Z][A-Z_]*)=/gm)].map(
    ([, name]) => name,
  ),
);
const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' })
  .split('\n')
  .filter(existsSync);
const folders = new Set(
  files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]),
);
const names = new Set(files.map((file) => file.split('/').at(-1)));

/** The dotted names of all settings: `session`, `session.redis`, `session.redis.url`. */
function keysOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = path === '' ? key : `${path}.${key}`;
    return [name, ...keysOf(inner, name)];
  });
}

/** Whether a word in `code` names something of the project that isn't there. */
function isMissing(word: string): boolean {
  const script = /^npm run ([\w:-]+)/.exec(word)?.[1];
  if (script !== undefined) return !(script in scripts);
  const variable = /^([A-Z]+(?:_[A-Z]+)+)(?:=.*)?$/.exec(word)?.[1];
  if (variable !== undefined) return !variables.has(variable);
  // A word with a unit at its end is a setting or a metric; one that is dotted and begins with a group of settings is one.
  if (/^(?!nodejs_|process_)[a-z_]+_(ms|seconds|kib|mb|size)$/.test(word)) {
    return !settings.some((name) => name.split('.').at(-1) === word) && !isQuotedInSource(word);
  }
  if (/^(server|workers|log|database|mail|auth)\.[a-z_.]+$|^session\.[a-z.]*_/.test(word)) {
    return !settings.includes(word) && !names.has(word);
  }
  // A feature of the reader's: `src/NAME/NAME.module.ts`.
  if (/\bNAME\b/.test(word)) return false;
  if (!/^[\w.-]+(\/[\w.-]+)*\/?$/.test(word)) return false;
  const [first] = word.split('/');
  if (word.includes('/')) return folders.has(first) && !existsSync(word) && !isMade(word);
  return /\.(ts|hbs|conf|acl|prisma)$/.test(word) && !names.has(word);
}

function isQuotedInSource(word: string): boolean {
  return files
    .filter((file) => file.startsWith('src/') && file.endsWith('.ts'))
    .some((file) => readFileSync(file, 'utf8').includes(`'${word}'`));
}

/** What a build makes, and no repository keeps. */
function isMade(path: string): boolean {
  return path.startsWith('dist/') || path.startsWith('data/');
}

test('the project has what the names are compared with', () => {
  expect(settings).toContain('session.redis.timeout_ms');
  expect(variables).toContain('DATABASE_URL');
  expect(isMissing('npm run start:dev')).toBe(false);
  expect(
    ['npm run nothing', 'src/nothing.ts', 'nothing_ms', 'NO_VARIABLE'].filter(isMissing),
  ).toHaveLength(4);
});

test.each(DOCUMENTS)('what %s names is there', (document) => {
  expect(inlineCode(document).filter(isMissing)).toEqual([]);
});

test.each(DOCUMENTS)('the scripts that %s has run are there', (document) => {
  const named = [...textOf(document).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
