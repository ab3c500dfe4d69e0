import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import ts from 'typescript';

/** One file that names another of the project, for its types alone too. */
export interface Import {
  readonly file: string;
  readonly target: string;
}

/** Who imports whom within the project, as its files say. */
export function importsIn(folder: string): Import[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((file) => file.endsWith('.ts') && !file.includes('/generated/'))
    .flatMap((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
      return importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => ({ file, target: join(dirname(file), fileName) }));
    });
}

/** Which parts of `src` a part uses: a part is a folder, or a file beside them. */
export type Parts = ReadonlyMap<string, ReadonlySet<string>>;

/** @param without parts to leave out, with the arrows that lead to them */
export function partsOf(
  imports: readonly Import[],
  without: ReadonlySet<string> = new Set(),
): Parts {
  const parts = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    const [from, to] = [partOf(file), partOf(target)];
    if (without.has(to)) continue;
    const used = parts.get(from) ?? new Set();
    parts.set(from, used);
    if (!parts.has(to)) parts.set(to, new Set());
    if (to !== from) used.add(to);
  }
  return parts;
}

export function partOf(file: string): string {
  const [, name = '', ...rest] = file.split('/');
  return rest.length > 0 ? name : name.replace(/\.[jt]s$/, '');
}

/** All that a part uses, and what that uses; itself, if it comes back to it. */
export function reach(parts: Parts, from: string): Set<string> {
  const seen = new Set<string>();
  const visit = (part: string): void => {
    for (const next of parts.get(part) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(from);
  return seen;
}
