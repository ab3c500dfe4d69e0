import { readdirSync, readFileSync } from 'node:fs';

/** All documents, by their path from the project's root. */
export const DOCUMENTS: readonly string[] = [
  ...readdirSync('.'),
  ...['docs', 'deploy'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  ),
]
  .filter((name) => name.endsWith('.md'))
  .toSorted();

export function textOf(document: string): string {
  return readFileSync(document, 'utf8');
}

const FENCE = /^( *)```(?<language>\w*)\n(?<code>[^]*?)^ *```$/gm;

/** What stands in `code` within sentences and tables. */
export function inlineCode(document: string): string[] {
  const prose = textOf(document).replaceAll(FENCE, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The commands to be typed into a shell, comments left out. */
export function shellCommands(document: string): string[] {
  return [...textOf(document).matchAll(FENCE)]
    .filter(({ groups }) => groups?.['language'] === 'sh')
    .flatMap(({ groups }) => (groups?.['code'] ?? '').split('\n'))
    .flatMap((line) => line.replace(/(?:^|\s)#.*/, '').split('&&'))
    .map((command) => command.trim())
    .filter(Boolean);
}
