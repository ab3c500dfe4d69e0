import { readFileSync } from 'node:fs';

import { DOCUMENTS } from './documents.js';

/** A code block that says which file it quotes. */
const QUOTE = /<!-- quote (?<file>\S+) -->\s+```\w+\n(?<code>[\s\S]*?)```/g;

test.each(DOCUMENTS)('%s quotes files as they are', (name) => {
  const text = readFileSync(name, 'utf8');
  for (const { groups } of text.matchAll(QUOTE)) {
    expect(groups?.['code']).toBe(readFileSync(groups?.['file'] ?? '', 'utf8'));
  }
  expect([...text.matchAll(QUOTE)]).toHaveLength(text.split('<!-- quote').length - 1);
});
