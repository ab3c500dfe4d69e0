import { readFileSync, writeFileSync } from 'node:fs';

import { GROUPS } from './groups.js';
import { importsIn, partOf, partsOf, reach } from './imports.js';
import { picture } from './picture.js';

const DOCUMENT = 'docs/architecture.md';
const PICTURE = /(?<=<!-- imports -->\n\n```mermaid\n)[^]*?(?=\n```)/;
/** `UPDATE_DOCS=1 npm run test:jest -- test/architecture` draws the picture anew. */
const UPDATE = process.env['UPDATE_DOCS'] === '1';

const imports = importsIn('src');
const within = imports.filter(({ target }) => target.startsWith('src/'));
const all = partsOf(within);

/** Features that plug in by `@Feature()`. The document shows the app without them. */
const plugIns = new Set(
  [...all]
    .filter(([part, used]) => !part.startsWith('app.') && used.has('feature'))
    .map(([part]) => part),
);
const parts = partsOf(
  within.filter(({ file }) => !plugIns.has(partOf(file))),
  plugIns,
);

/** The imports that are wrong, as lines to be read. */
function wrong(isWrong: (from: string, to: string) => boolean): string[] {
  return within
    .filter(({ file, target }) => isWrong(partOf(file), partOf(target)))
    .map(({ file, target }) => `${file} -> ${target}`);
}

test('the imports are those of the whole program', () => {
  expect(parts.get('main')).toContain('workers');
  expect(reach(parts, 'main')).toContain('session');
  expect(parts.size).toBeGreaterThan(10);
});

test('the session library uses nothing of the program around it', () => {
  expect(wrong((from, to) => from === 'session' && to !== 'session')).toEqual([]);
});

test('a part uses none of the groups above its own', () => {
  const levels = GROUPS.map(({ members }) => new Set(members(all)));
  const level = (part: string) => levels.findIndex((members) => members.has(part));
  expect(wrong((from, to) => level(to) < level(from))).toEqual([]);
});

test('no part uses itself by way of others', () => {
  expect([...all.keys()].filter((part) => reach(all, part).has(part))).toEqual([]);
});

test('nothing but the list of features knows a feature that plugs in', () => {
  const known = wrong((from, to) => plugIns.has(to) && from !== to);
  expect(known.filter((line) => !line.startsWith('src/app.module.ts -> '))).toEqual([]);
  expect(known).toHaveLength(plugIns.size);
});

test('the app imports nothing from outside src', () => {
  expect(imports.filter(({ target }) => !target.startsWith('src/'))).toEqual([]);
  const ofPrisma = importsIn('prisma').filter(({ target }) => !/^(src|prisma)\//.test(target));
  expect(ofPrisma).toEqual([]);
});

test('what starts the servers knows nothing of the tests', () => {
  const uses = importsIn('dev').filter(({ target }) => !/^(dev|src|prisma)\//.test(target));
  expect(uses).toEqual([]);
});

test('the document shows the arrows that there are', () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  const drawn = picture(parts, GROUPS);
  if (UPDATE) writeFileSync(DOCUMENT, document.replace(PICTURE, drawn));
  expect(PICTURE.exec(readFileSync(DOCUMENT, 'utf8'))?.[0]).toBe(drawn);
});
