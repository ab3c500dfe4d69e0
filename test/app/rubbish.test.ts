import { request } from 'node:http';

import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  oneof,
  record,
  string,
  tuple,
} from 'fast-check';

import { PATIENCE } from '../../dev/patience.js';
import { anyRuns, descendants } from '../../dev/process-tree.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startStack } from '../../dev/stack.js';
import { soak } from '../soak.js';
import { Browser } from './browser.js';

const REQUESTS = soak(2_000, 20_000);
const AT_ONCE = 20;

let stack: Stack;
let cookie: string;
let workers: number[];
beforeAll(async () => {
  // No worker is replaced for having answered enough: then one that is gone was killed by what it was sent.
  const settings = new SettingsFile(PATIENCE, { workers: { max_requests: 0 } });
  stack = await startStack({ LOG_LEVEL: 'error', BEHIND_THIS_PAGE: 'true' }, { settings });
  workers = descendants(stack.app.process.pid!);
  const ada = new Browser(stack.url);
  await ada.logIn();
  cookie = ada.cookie;
});
afterAll(async () => stack.stop());

/** All but those that would log Ada out. */
const PATHS = [
  ...['/', '/login', '/login/code', '/login/again', '/signup', '/signup/finish'],
  ...['/signup/sent', '/forgotten', '/reset', '/password/strength', '/cart', '/cart/items'],
  ...['/cart/items/tea', '/account', '/account/name', '/account/email', '/account/email/confirm'],
  ...['/account/password', '/account/sessions', '/account/sessions/x/end'],
  ...['/account/sessions/end-others', '/account/second-factor', '/account/second-factor/setup'],
  ...['/account/second-factor/begin', '/demo/kill-worker', '/inbox', '/health', '/csp-reports'],
  ...['/how-it-works', '/how-it-works/src/session/session.ts'],
  ...[
    '/products/tea',
    '/products/x',
    '/checkout',
    '/orders',
    '/orders/0000-0000-0000',
    '/orders/x',
  ],
  ...['/styles.css', '/products/tea.svg', '/nothing'],
];
const FIELDS = [
  ...['email', 'password', 'next', 'name', 'token', 'code', 'current', 'product', 'quantity'],
  ...[
    'cart',
    'contents',
    'before',
    'pid',
    'answers',
    '__proto__',
    'constructor',
    'password[]',
    'a[b]',
    '',
  ],
];
const NASTY = [
  ...['', ' ', '\0', '\r\nX: y', '-1', '1e9', '1.5', 'NaN', '0x10', '１２', '\u202e', '\ud800'],
  ...["'; DROP TABLE users;--", '{{7*7}}', '<img src=x onerror=1>', '../../etc/passwd', '%00'],
  ...['//evil.example', '/\\evil', 'javascript:alert(1)', 'a@b@c', `${'x'.repeat(400)}@x.example`],
  ...['x'.repeat(70_000), '__proto__', 'ada@example.com', 'tea', 'a walk along the river'],
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'];
const TYPES = [
  'application/x-www-form-urlencoded',
  'application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/csp-report',
  '',
  'nonsense',
];

const value = oneof(constantFrom(...NASTY), string({ unit: 'binary', maxLength: 60 }));
const pairs = array(tuple(constantFrom(...FIELDS), value), { maxLength: 8 });
const encoded = pairs.map((fields) => new URLSearchParams(fields).toString());
const query = oneof(
  constant(''),
  encoded.map((text) => `?${text}`),
);
const path = tuple(constantFrom(...PATHS), query).map((parts) => parts.join(''));
const visible = /[^\x21-\x7e]/g;
const input = record({
  method: constantFrom(...METHODS),
  path: oneof(
    { weight: 4, arbitrary: path },
    {
      weight: 1,
      arbitrary: string({ maxLength: 80 }).map((text) => `/${text.replaceAll(visible, '%')}`),
    },
  ),
  type: constantFrom(...TYPES),
  body: oneof({ weight: 3, arbitrary: encoded }, { weight: 1, arbitrary: string() }),
  cookie: oneof(
    constant('hers'),
    constant(''),
    value.map((text) => `session_id=${text.slice(0, 4_000).replaceAll(visible, '')}`),
  ),
  accept: constantFrom('text/html', 'application/json', '*/*', 'nonsense'),
  site: constantFrom('same-origin', 'cross-site', 'none', ''),
});
type Input = typeof input extends Arbitrary<infer T> ? T : never;

async function send({ type, accept, site, ...rest }: Input) {
  const body = ['GET', 'HEAD'].includes(rest.method) ? '' : rest.body;
  const headers = {
    // Node.js leaves it out for some methods, and the body would be the beginning of the next request.
    'content-length': Buffer.byteLength(body),
    accept,
    ...(type && { 'content-type': type }),
    ...(site && { 'sec-fetch-site': site }),
    ...(rest.cookie && { cookie: rest.cookie === 'hers' ? cookie : rest.cookie }),
  };
  const { method } = rest;
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(
      stack.url,
      { method, path: rest.path.slice(0, 12_000), headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    // An answer may come, and the connection be closed, before all of a large body was sent.
    sent.on('error', (error: NodeJS.ErrnoException) =>
      ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')
        ? resolve({ status: 0, text: '' })
        : reject(error),
    );
    sent.end(body);
  });
}

test(`no rubbish of ${REQUESTS} requests is a mistake of ours, or says anything of how it is made`, async () => {
  const property = asyncProperty(
    array(input, { minLength: AT_ONCE, maxLength: AT_ONCE }),
    async (inputs) => {
      for (const { status, text } of await Promise.all(inputs.map(send))) {
        // 503 is an answer when too many passwords wait.
        expect(status === 503 || status < 500).toBe(true);
        expect(text).not.toMatch(
          /at \w+ \(|node_modules|prisma|\.[jt]s:\d+|fastify|v\d+\.\d+\.\d+/i,
        );
      }
    },
  );
  await assert(property, { numRuns: REQUESTS / AT_ONCE, endOnFailure: true, verbose: 1 });
  expect(anyRuns(workers)).toBe(true);
  expect(descendants(stack.app.process.pid!)).toEqual(workers);
  expect(stack.app.output()).not.toContain('"level":50');
});
