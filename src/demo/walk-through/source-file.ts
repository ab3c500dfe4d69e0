import { readFile } from 'node:fs/promises';

import type { SourceLine } from './source-lines.js';

export interface ShownLine {
  readonly text: string;
  /** What it declares, if it is one of those that were asked for. */
  readonly name: string | null;
}

/** The lines of a source file; null where the program has come without it. */
export async function linesOf(
  file: string,
  named: readonly SourceLine[],
): Promise<ShownLine[] | null> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return content
    .trimEnd()
    .split('\n')
    .map((text) => ({ text, name: nameIn(text, named) }));
}

function nameIn(text: string, named: readonly SourceLine[]): string | null {
  return named.find(({ text: beginning }) => text.trimStart().startsWith(beginning))?.name ?? null;
}
