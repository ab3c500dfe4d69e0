import { readFileSync } from 'node:fs';

const ROW = /^\|.*\| `(?<file>test\/\S+)`: (?<title>.*?) *\|$/gm;

const rows = [...readFileSync('docs/security.md', 'utf8').matchAll(ROW)].map(({ groups }) => ({
  file: groups?.['file'] ?? '',
  title: groups?.['title'] ?? '',
}));

test('each requirement names a test', () => {
  const [, table = ''] = readFileSync('docs/security.md', 'utf8').split('what shows it\n');
  const requirements = table.split('\n## ')[0]!.trim().split('\n').slice(2);
  expect(rows).toHaveLength(requirements.length);
});

test.each(rows)('$file has “$title”', ({ file, title }) => {
  expect(readFileSync(file, 'utf8')).toContain(title);
});
