import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { DOCUMENTS, textOf } from './documents.js';

/** Links of this project's own: to files, folders and headings. */
function links(document: string): string[] {
  const inText = [...textOf(document).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)];
  const pictures = [...textOf(document).matchAll(/<img[^>]* src="(?!https?:)([^"]+)"/g)];
  return [...inText, ...pictures].map(([, target = '']) => target);
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchors(document: string): string[] {
  return [...textOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(DOCUMENTS)('what %s links to is there', (document) => {
  const missing = links(document).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : join(dirname(document), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchors(target).includes(anchor);
  });
  expect(missing).toEqual([]);
});

test('each document can be reached from the README', () => {
  const seen = new Set(['README.md']);
  for (const document of seen) {
    for (const link of links(document)) {
      const target = join(dirname(document), link.split('#')[0]!);
      if (DOCUMENTS.includes(target)) seen.add(target);
    }
  }
  expect(DOCUMENTS.filter((document) => !seen.has(document))).toEqual([]);
});
