import { readdirSync, readFileSync } from 'node:fs';

const documents = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

/** A code block that says which file it quotes. */
const QUOTE = /<!-- quote (?<file>\S+) -->\s+```\w+\n(?<code>[\s\S]*?)```/g;

test.each(documents)('%s quotes files as they are', (name) => {
  const text = readFileSync(name, 'utf8');
  for (const { groups } of text.matchAll(QUOTE)) {
    expect(groups?.['code']).toBe(readFileSync(groups?.['file'] ?? '', 'utf8'));
  }
  expect([...text.matchAll(QUOTE)]).toHaveLength(text.split('<!-- quote').length - 1);
});

test.each(documents)('what %s links to is there', (name) => {
  const text = readFileSync(name, 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
    ([, target]) => target ?? '',
  );
  for (const target of targets) {
    const path = new URL(target, new URL(name, `file://${process.cwd()}/`));
    expect(() => readFileSync(path)).not.toThrow();
  }
});
