import { readdirSync, readFileSync } from 'node:fs';

import { textOf } from './documents.js';

const text = textOf('docs/features.md');

/** What the first cells of a section's table name, like `session`. */
function namedUnder(heading: string): string[] {
  const [section = ''] = text.split(`\n## ${heading}\n`)[1]?.split('\n## ') ?? [];
  return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
}

test('the table of what a feature says has each field, and no other', () => {
  const source = readFileSync('src/feature/feature.ts', 'utf8');
  const [, fields = ''] = /interface FeatureMetadata [^{]*\{([^]*?)\n\}/.exec(source) ?? [];
  const names = [...fields.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(namedUnder('What a feature says').toSorted()).toEqual(names.toSorted());
});

test('the table of slots has each that the templates of the app offer, and no other', () => {
  const templates = ['views', 'views/layouts', 'views/partials'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.hbs'))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
  );
  const slots = templates.flatMap((template) =>
    [...template.matchAll(/\{\{#?slot "(\w+)"/g)].map(([, name = '']) => name),
  );
  expect(namedUnder('Pages and forms').toSorted()).toEqual([...new Set(slots)].toSorted());
});
