import type { Parts } from './imports.js';

export interface Group {
  readonly title: string;
  readonly members: (parts: Parts) => string[];
}

const NAMED = {
  start: ['main', 'workers', 'operators'],
  wiring: ['app.module', 'app.layout', 'app.session', 'app.session-store'],
  shared: ['feature', 'flash', 'limits', 'mail', 'passwords', 'second-factor'],
  foundation: ['config', 'database', 'http', 'logging', 'metrics', 'session'],
};

/** A part that no other group names has pages. */
function pages(parts: Parts): string[] {
  const named = new Set(Object.values(NAMED).flat());
  return [...parts.keys()].filter((part) => !named.has(part));
}

/** From the top down: a part may use those of its own group and of the groups below. */
export const GROUPS: readonly Group[] = [
  group('start'),
  group('wiring'),
  { title: 'pages', members: pages },
  group('shared'),
  group('foundation'),
];

function group(title: keyof typeof NAMED): Group {
  return { title, members: (parts) => NAMED[title].filter((part) => parts.has(part)) };
}
