import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { tempFolder } from '../../dev/guard.js';
import { run } from '../../dev/run.js';

/** The commands of the Dockerfile, one a line, those of the last stage apart. */
export function dockerfile(): { readonly stages: string[]; readonly image: string[] } {
  const lines = readFileSync('Dockerfile', 'utf8')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const last = lines.findLastIndex((line) => line.startsWith('FROM'));
  return { stages: lines.slice(0, last), image: lines.slice(last) };
}

/** The packages that `npm ci --omit=dev --omit=optional` installs, by where they lie. */
export function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: true; devOptional?: true; optional?: true }>;
  };
  return Object.entries(packages)
    .filter(([path, { dev, devOptional, optional }]) => path && !dev && !devOptional && !optional)
    .map(([path]) => path);
}

/**
 * Makes a folder with what the image has in /app, by the Dockerfile's own commands: `node_modules` from this machine's
 * packages, or with npm from its cache and the registry.
 */
export async function makeImage({ withNpm = false } = {}): Promise<string> {
  const folder = tempFolder('image');
  for (const name of ['package.json', 'package-lock.json']) cpSync(name, join(folder, name));
  const [install, ...others] = dependencies().split(' && ');
  if (withNpm) await runIn(folder, `${install} --prefer-offline`);
  else for (const path of productionPackages()) copyPackage(path, folder);
  for (const command of others) await runIn(folder, command);
  for (const line of dockerfile().image) {
    const [, from = '', to = ''] = /^COPY (?:--from=\w+ )?(\S+) \.\/(\S+)$/.exec(line) ?? [];
    if (to === '' || to === 'node_modules') continue;
    cpSync(from.replace('/app/', ''), join(folder, to), { recursive: true });
  }
  return folder;
}

/** How the Dockerfile installs what the program needs. */
function dependencies(): string {
  const line = dockerfile().stages.find((one) => one.startsWith('RUN npm ci --omit'));
  if (line === undefined) throw new Error('the Dockerfile installs nothing for production');
  return line.replace('RUN ', '');
}

/** Without the packages inside it: each is copied by itself, or is none of production's. */
function copyPackage(path: string, folder: string): void {
  mkdirSync(join(folder, path), { recursive: true });
  cpSync(path, join(folder, path), {
    recursive: true,
    filter: (from) => from !== join(path, 'node_modules'),
  });
}

async function runIn(cwd: string, command: string): Promise<void> {
  const { ok, output } = await run(['sh', '-c', command], { cwd });
  if (!ok) throw new Error(`${command} failed:\n${output}`);
}
