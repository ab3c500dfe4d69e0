import { readFileSync } from 'node:fs';

import { SESSION_EVENTS } from '../../src/session/session-observer.js';
import { END_REASONS } from '../../src/workers/endings.js';
import { METRICS_ON, metricsUrlOf } from '../app/metrics-page.js';
import { Visitor } from '../app/visitor.js';
import { type RedisStack, startStack } from '../counter/stack.js';

const text = readFileSync('docs/metrics.md', 'utf8');

/** What the cells of a row name, like `made`. */
const named = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

/** The first two cells of each row under a heading. */
function rowsUnder(heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.match(/^\| `.*/gm) ?? [];
  return rows.map((row) => row.split('|').slice(1, 3));
}

let stack: RedisStack;
beforeAll(async () => {
  stack = await startStack(METRICS_ON);
});
afterAll(async () => stack.stop());

test('the table has each metric that there is, with its labels, and no other', async () => {
  const visitor = new Visitor(stack.url);
  await visitor.logIn();
  visitor.leave();
  const page = await (await fetch(metricsUrlOf(stack.app))).text();
  const documented = rowsUnder('What there is').map(([name, labels]) => ({
    name: named(name)[0] ?? '',
    labels: named(labels),
  }));
  const names = [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(documented.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  for (const { name, labels } of documented) {
    // The samples of a histogram have an ending to its name, and a label of their own.
    const samples = page.match(new RegExp(`^${name}(_bucket|_sum|_count)?[{ ].*`, 'gm')) ?? [];
    const found = new Set(samples.flatMap((sample) => sample.match(/\w+(?==")/g) ?? []));
    found.delete('le');
    // None has happened yet of some.
    if (found.size > 0) expect([name, [...found].toSorted()]).toEqual([name, labels.toSorted()]);
  }
});

test('the table of events has each, and no other', () => {
  const documented = rowsUnder('Events of sessions').flatMap(([name]) => named(name));
  expect(documented).toEqual([...SESSION_EVENTS]);
});

test('the table of endings has each, and no other', () => {
  const documented = rowsUnder('Why workers end').flatMap(([names]) => named(names));
  expect(documented.toSorted()).toEqual([...END_REASONS].toSorted());
});
