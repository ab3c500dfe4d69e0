import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

const text = readFileSync('docs/operations.md', 'utf8');
const ALERTS = 'deploy/monitoring/alerts.yaml';
const DASHBOARD = 'deploy/monitoring/dashboard.json';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const { groups } = parse(readFileSync(ALERTS, 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

test('it says of each security event when it is and what to do', () => {
  const [, levels = ''] = /LEVELS = \{([^}]*)\}/.exec(
    readFileSync('src/http/security-events.ts', 'utf8'),
  )!;
  const events = [...levels.matchAll(/^ *(\w+):/gm)].map(([, name]) => name);
  expect(events.length).toBeGreaterThan(5);
  const [, table = ''] = text.split('## Security events');
  const rows = [...table.split('\n## ')[0]!.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(rows.toSorted()).toEqual(events.toSorted());
});

test('each alert has a heading under which it is said what to do, and links to it', () => {
  const [, section = ''] = text.split('## Alerts\n');
  const headings = [...section.split('\n## ')[0]!.matchAll(/^### (\w+)$/gm)].map(
    ([, name]) => name,
  );
  expect(rules.map(({ alert }) => alert)).toEqual(headings);
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook_url).toMatch(
      new RegExp(`/docs/operations.md#${alert.toLowerCase()}$`),
    );
  }
});

test('the dashboard shows each metric of the program that an alert is about', () => {
  const dashboard = readFileSync(DASHBOARD, 'utf8');
  const metrics = rules.flatMap(({ expr }) =>
    [...expr.matchAll(/\b([a-z_]+?)(?:_bucket|_count)?[{[]/g)].map(([, name = '']) => name),
  );
  expect(new Set(metrics).size).toBeGreaterThan(5);
  expect(metrics.filter((name) => !dashboard.includes(name))).toEqual([]);
});
