import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

import { DOCUMENTS, textOf } from './documents.js';

const text = textOf('docs/security.md');

const ROW = /^\|.*\| `(?<file>test\/\S+)`: (?<title>.*?) *\|$/gm;

interface Row {
  readonly file: string;
  readonly title: string;
}

/** The rows of a document that name a test. */
function rowsIn(document: string): Row[] {
  return [...textOf(document).matchAll(ROW)].map(({ groups }) => ({
    file: groups?.['file'] ?? '',
    title: groups?.['title'] ?? '',
  }));
}

test('each requirement and each fault names a test', () => {
  const [, ...tables] = text.split('what shows it\n');
  expect(tables).toHaveLength(2);
  const lines = tables.flatMap((table) => table.split('\n## ')[0]!.match(/^\|.*/gm)!.slice(2));
  expect(rowsIn('docs/security.md')).toHaveLength(lines.length);
});

test('the lifetimes that it names are those of the settings', () => {
  const { session } = parse(readFileSync('config/server.yaml', 'utf8')) as {
    session: Record<string, number>;
  };
  expect(text).toContain(`${session['ttl_seconds']! / 3_600} hours after its last use`);
  expect(text).toContain(`${session['absolute_ttl_seconds']! / 86_400} days after the login`);
  expect(text).toContain(`At most ${session['max_sessions_per_user']} at\nonce a user`);
});

test.each(DOCUMENTS.flatMap(rowsIn))('$file has “$title”', ({ file, title }) => {
  expect(readFileSync(file, 'utf8')).toContain(title);
});
