import { readFileSync } from 'node:fs';

const results = readFileSync('bench/results/results.md', 'utf8');
const profile = readFileSync('bench/results/profile.md', 'utf8');
const document = readFileSync('docs/performance.md', 'utf8');
const [, section = ''] = document.split('## Measured beside others');

/** The cells of the rows of a table in Markdown, without its head. */
function rowsOf(text: string): string[][] {
  const [, ...rows] = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(1).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('what takes more than three of a hundred of the time is named with its reason', () => {
  const [, named = ''] = document.split('## Where the time goes');
  const owners = rowsOf(profile).filter(([, part]) => Number(part) > 3);
  expect(owners.length).toBeGreaterThan(2);
  const said = rowsOf(named.split('\n## ')[0]!).flatMap(([names = '']) => names.split(', '));
  expect(said).toEqual(expect.arrayContaining(owners.map(([owner]) => owner)));
});

/** The rows of a part of the bench, by what they are of. */
function measuredIn(part: string): Map<string, string[]> {
  const [, from = ''] = results.split(`## ${part}`);
  return new Map(rowsOf(from.split('\n## ')[0]!).map(([who = '', ...row]) => [who, row]));
}

test('each figure beside others is one that the bench has measured', () => {
  const measured = measuredIn('(a)');
  const [table = ''] = /^(?:\|.*\n)+/m.exec(section) ?? [];
  const said = rowsOf(table);
  expect(said.length).toBeGreaterThan(2);
  for (const [who, perSecond, ratio] of said) {
    const [median, , , toIt] = measured.get(who ?? '') ?? [];
    expect([who, median, toIt]).toEqual([who, perSecond, ratio]);
  }

  const oneCart = measuredIn('(c)');
  const kept = (who: string) => oneCart.get(who)?.at(-1);
  const [program, other] = ['this program', '@fastify/session + connect-redis'] as const;
  expect(section.replaceAll('\n', ' ')).toContain(
    `this program takes ${oneCart.get(program)?.[0]} adds a second, and of 1000 that it has answered ` +
      `${kept(program)} are in the cart; with @fastify/session it is ${oneCart.get(other)?.[0]}, and ${kept(other)}.`,
  );
});
