import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { run } from './run.js';

/**
 * `npm run remove-demo`: deletes the folders of the demo and the lines that name it. Login, sessions and the account stay, with
 * their tests. Its tables go with it: run it before anything is deployed.
 */

const PATHS = [
  ...['src', 'views', 'public', 'test', 'e2e', 'docs'].map((folder) => `${folder}/demo`),
  'prisma/migrations/20261127000001_demo',
  ...['bench', 'docs/performance.md', 'test/docs/performance.test.ts'],
  ...['dev/remove-demo.ts', 'test/dev/remove-demo.test.ts'],
];

/** The files with lines that name it, or what is needed for it alone. */
const FILES = [
  ...['README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/README.md', 'docs/make-it-yours.md'],
  ...['docs/accounts.md', 'docs/containers.md'],
  ...['config/server.yaml', '.env.example', 'deploy/postgres-role.sql', 'e2e/README.md'],
  ...['src/app.module.ts', 'package.json', 'package-lock.json', '.prettierignore'],
];
const LINE =
  /^.*(?:\bthe demo\b|\bremove-demo|\brun demo\b|DemoModule|DEMO_PANEL|^demo: |\bdemo\/|"demo": "|\brun bench\b|\bbench\/|performance\.md|"dataloader": ").*\n/gim;
const LOCKED_PACKAGE = /^ {4}"node_modules\/dataloader": \{\n[^]*?^ {4}\},\n/m;

await removeDemo().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function removeDemo(): Promise<void> {
  const unknown = ['git', 'ls-files', '--others', '--exclude-standard', '--', ...PATHS];
  const lost = await succeed(unknown);
  if (lost !== '') {
    throw new Error(`Nothing is removed: git does not have these files yet.\n${lost}`);
  }
  for (const path of PATHS) rmSync(path, { recursive: true, force: true });
  for (const file of FILES.filter((name) => existsSync(name))) removeLines(file);
  // Its models are gone from the database client.
  await succeed(['node_modules/.bin/prisma', 'generate']);
  process.stdout.write('The demo is removed: see `git diff`.\n');
}

function removeLines(file: string): void {
  const text = readFileSync(file, 'utf8');
  const rest = text
    .replace(LOCKED_PACKAGE, '')
    .replaceAll(LINE, '')
    .replaceAll(/\n{3,}/g, '\n\n');
  if (rest !== text) writeFileSync(file, rest);
}

/** Resolves to what the command says. @throws Error with that when it fails */
async function succeed(command: readonly string[]): Promise<string> {
  const { ok, output } = await run(command);
  if (!ok) throw new Error(`${command.join(' ')} failed:\n${output}`);
  return output;
}
