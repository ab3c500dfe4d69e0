import { readFileSync } from 'node:fs';

import { documentedCosts } from './store-costs/costs-table.js';

const text = readFileSync('docs/scale.md', 'utf8');

const PAGES_A_SESSION = 1 / 100;
const COMMANDS_A_PAGE = 1.1;
const PAGES_A_CORE = 1_000;
const DAY_S = 86_400;
const PEAK = 5;
const ARGON2_S = 0.05;

const UNITS: Record<string, number> = { MB: 1e6, GB: 1e9 };

/** A cell as a number: `1,000`, `10 GB`. */
function value(cell = ''): number {
  const [figure = '', unit = ''] = cell.trim().split(' ');
  return Number(figure.replaceAll(',', '')) * (UNITS[unit] ?? 1);
}

const [, table = ''] = text.split('cores for argon2 |\n');
const steps = [...table.split('\n\n')[0]!.matchAll(/^\| [\d,]+ .*$/gm)].map(([row]) =>
  row.split('|').slice(1, -1).map(value),
);

/** Rounded as people do it. */
function about(number: number): number {
  return Number(number.toPrecision(2));
}

test('a session takes what the table of the stores says', () => {
  const bytes = documentedCosts('redis').bytes!;
  expect(text).toContain(`| ${bytes.toLocaleString('en')} bytes `);
  expect(steps).toHaveLength(5);
  for (const [sessions = NaN, , , memory] of steps) expect(memory).toBeCloseTo(sessions * bytes);
});

test.each(steps)('the figures for %d sessions follow from each other', (...figures) => {
  const [sessions, pages, commands, , cores, logins, argon2] = figures as [
    ...[number, number, number, number, number, number, number],
  ];
  expect(pages).toBe(sessions * PAGES_A_SESSION);
  expect(commands).toBe(Math.round(pages * COMMANDS_A_PAGE));
  expect(cores).toBe(Math.ceil(pages / PAGES_A_CORE));
  const peak = (sessions / DAY_S) * PEAK;
  expect(about(logins)).toBeCloseTo(about(peak), 2);
  expect(argon2).toBe(Math.max(1, Math.ceil(peak * ARGON2_S)));
});
