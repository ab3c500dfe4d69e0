import * as fc from 'fast-check';

import { linkWithNext, localPath } from '../../src/http/local-path.js';

const ORIGIN = 'https://app.example';

function expectLocal(path: string): void {
  expect(path).toMatch(/^\/(?![/\\])/);
  expect(new URL(path, `${ORIGIN}/login`).origin).toBe(ORIGIN);
  // What was checked once may be checked again, as a hidden field is.
  expect(localPath(path)).toBe(path);
}

test.each([
  ['/', '/'],
  ['/account', '/account'],
  ['/account?a=b&c=//d#e', '/account?a=b&c=//d#e'],
  ['/a/./b/../c', '/a/c'],
  ['/a//b', '/a//b'],
])('%s leads to %s', (next, path) => {
  expect(localPath(next)).toBe(path);
});

test.each([
  ...['//evil.example', '/\\evil.example', '\\evil.example', '/\t/evil.example', ''],
  ...['https:evil.example', 'https://evil.example', 'javascript:alert(1)', 'evil.example'],
  // Dots go when a browser resolves them, whatever they are written as.
  ...['/.//evil.example', '/..//evil.example', '/a/..//evil.example', '/a/../..//evil.example'],
  ...['/%2e//evil.example', '/%2e%2e//evil.example', '/.%2E//evil.example', '/a/%2e%2e//evil'],
  // Short as it came, and too long as it would leave.
  `/${'é'.repeat(1_000)}`,
])('%j leads to the first page', (next) => {
  expect(localPath(next)).toBe('/');
});

test('whatever is asked for, what comes out is a path of this host', () => {
  const piece = fc.constantFrom(
    ...[
      '/',
      '//',
      '\\',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '?',
      '#',
      '@',
      ':',
      '\t',
      '\n',
      ' ',
    ],
    ...[
      'evil.example',
      'https:',
      'http://here',
      'a',
      'é',
      '%',
      '\u3002',
      '\uFF0F',
      '\u2028',
      '\uD800',
    ],
  );
  const nasty = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const next = fc.oneof(
    nasty,
    nasty.map((rest) => `/${rest}`),
    fc.webUrl(),
    fc.string(),
  );
  fc.assert(
    fc.property(next, (text) => {
      expectLocal(localPath(text));
      const asked = new URL(linkWithNext('/login', text), ORIGIN).searchParams.get('next');
      if (asked !== null) expectLocal(asked);
    }),
    { numRuns: 1_000 },
  );
});
