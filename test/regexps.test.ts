import { readdirSync, readFileSync } from 'node:fs';

import safeRegex from 'safe-regex2';
import ts from 'typescript';

/** All but those of the settings, which only operators write. */
const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^(config|database\/generated)\//.test(file))
  .map((file) => `src/${file}`);

/** The regular expressions that stand in a source file. */
function regexpsIn(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

const regexps = files.flatMap((file) => regexpsIn(file).map((regexp) => ({ file, regexp })));

test('there are some', () => {
  expect(regexps.length).toBeGreaterThan(20);
});

/** ASVS 5.0, 1.3.12: what a client sends must not make one of them take exponential time. */
test.each(regexps)('$regexp in $file takes no exponential time', ({ regexp }) => {
  const end = regexp.lastIndexOf('/');
  const compiled = new RegExp(regexp.slice(1, end), regexp.slice(end + 1));
  expect(safeRegex(compiled)).toBe(true);
});
