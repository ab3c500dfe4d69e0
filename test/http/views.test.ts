import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { tempFolder } from '../../dev/guard.js';
import { Views, type ViewsAddition } from '../../src/http/views.js';

const files = { addressOf: (path: string) => path };

/** A folder of these templates. */
function folderOf(templates: Readonly<Record<string, string>>): string {
  const folder = tempFolder('views');
  for (const [name, text] of Object.entries(templates)) {
    const file = join(folder, `${name}.hbs`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

const notes: ViewsAddition = {
  name: 'notes',
  views: folderOf({
    list: '{{#layout "page" title="Notes"}}{{shout text}}{{/layout}}',
    'slots/footer': '<p>notes of {{user}}</p>',
    'slots/picture': '<img alt="{{of}} of {{user}}">',
  }),
  helpers: { shout: (text: string) => text.toUpperCase() },
};
const wishes: ViewsAddition = {
  name: 'wishes',
  views: folderOf({ 'slots/footer': '<p>wishes of {{user}}</p>' }),
};

const app = folderOf({
  'layouts/page': '<title>{{@title}}</title>{{@content}}{{slot "footer"}}',
  simple: '{{slot "footer"}}',
  picture: '{{slot "picture" of="a cat"}}',
  block: '{{#slot "footer"}}<p>only {{user}}</p>{{/slot}}',
});
const render = (name: string, additions: readonly ViewsAddition[], context: object = {}) =>
  new Views(app, files, additions).render(name, { user: 'Ada', ...context });

test('a slot shows what each feature has for it, in the order of the features', () => {
  expect(render('simple', [notes, wishes])).toBe('<p>notes of Ada</p><p>wishes of Ada</p>');
  expect(render('simple', [wishes, notes])).toBe('<p>wishes of Ada</p><p>notes of Ada</p>');
});

test('a slot for which no feature has anything is empty', () => {
  expect(render('simple', [])).toBe('');
  expect(render('picture', [wishes])).toBe('');
});

test('a slot passes its parameters on, beside what the page knows', () => {
  expect(render('picture', [notes])).toBe('<img alt="a cat of Ada">');
});

test('a slot with content of its own shows it when no feature has anything for it', () => {
  expect(render('block', [])).toBe('<p>only Ada</p>');
  expect(render('block', [wishes])).toBe('<p>wishes of Ada</p>');
});

test('what a slot shows is text, unless the template says otherwise', () => {
  const user = '<b>Ada</b>';
  const [shown, own] = [render('simple', [wishes], { user }), render('block', [], { user })];
  for (const html of [shown, own]) expect(html).toContain('&lt;b&gt;Ada&lt;/b&gt;</p>');
});

test('a page of a feature is known by its name, and has the layout of the app', () => {
  expect(render('notes/list', [notes], { text: 'hello' })).toBe(
    '<title>Notes</title>HELLO<p>notes of Ada</p>',
  );
});

test('a page that there is none of is an error that names it', () => {
  expect(() => render('notes/none', [notes])).toThrow('there is no view notes/none');
});

test.each(['eq', 'slot', 'if', 'shout'])('a feature can’t replace the helper %s', (helper) => {
  const other = { name: 'others', helpers: { [helper]: () => '' } };
  expect(() => new Views(app, files, [notes, other])).toThrow(
    `there is a template helper ${helper} already`,
  );
});
