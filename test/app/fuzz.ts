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
import type { Stack } from '../../dev/stack.js';
import { Browser } from './browser.js';

/** No worker is replaced for having answered enough: then one that is gone was killed by what it was sent. */
export const settingsForFuzzing = new SettingsFile(PATIENCE, { workers: { max_requests: 0 } });

export interface FuzzOptions {
  /** Where the requests go, besides paths that are none. */
  readonly paths: readonly string[];
  /** Fields of forms and queries, besides those that no form has. */
  readonly fields: readonly string[];
  /** Values that some field takes, besides those that none takes. */
  readonly values: readonly string[];
  readonly requests: number;
}

/**
 * Sends an app generated requests, with the session of a user, a made-up one or none. Expects that none is answered with
 * an error of the app's own, tells how the app is made or ends a worker.
 */
export async function fuzz(stack: Stack, options: FuzzOptions): Promise<void> {
  const workers = descendants(stack.app.process.pid!);
  const ada = new Browser(stack.url);
  await ada.logIn();
  const property = asyncProperty(
    array(inputs(options), { minLength: AT_ONCE, maxLength: AT_ONCE }),
    async (sent) => {
      const answers = await Promise.all(sent.map(async (one) => send(stack.url, ada.cookie, one)));
      for (const { status, text } of answers) {
        // 503 is an answer when too many passwords wait.
        expect(status === 503 || status < 500).toBe(true);
        expect(text).not.toMatch(
          /at \w+ \(|node_modules|prisma|\.[jt]s:\d+|fastify|v\d+\.\d+\.\d+/i,
        );
      }
    },
  );
  await assert(property, { numRuns: options.requests / AT_ONCE, endOnFailure: true, verbose: 1 });
  expect(anyRuns(workers)).toBe(true);
  expect(descendants(stack.app.process.pid!)).toEqual(workers);
  expect(stack.app.output()).not.toContain('"level":50');
}

const AT_ONCE = 20;

const FIELDS = ['__proto__', 'constructor', 'password[]', 'a[b]', ''];
const VALUES = [
  ...['', ' ', '\0', '\r\nX: y', '-1', '1e9', '1.5', 'NaN', '0x10', '１２', '\u202e', '\ud800'],
  ...["'; DROP TABLE users;--", '{{7*7}}', '<img src=x onerror=1>', '../../etc/passwd', '%00'],
  ...['//evil.example', '/\\evil', 'javascript:alert(1)', 'a@b@c', `${'x'.repeat(400)}@x.example`],
  ...['x'.repeat(70_000), '__proto__'],
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

const INVISIBLE = /[^\x21-\x7e]/g;

interface Input {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly cookie: string;
  readonly accept: string;
  readonly site: string;
}

function inputs({ paths, fields, values }: FuzzOptions): Arbitrary<Input> {
  const value = oneof(
    constantFrom(...VALUES, ...values),
    string({ unit: 'binary', maxLength: 60 }),
  );
  const pairs = array(tuple(constantFrom(...FIELDS, ...fields), value), { maxLength: 8 });
  const encoded = pairs.map((entries) => new URLSearchParams(entries).toString());
  const query = oneof(
    constant(''),
    encoded.map((text) => `?${text}`),
  );
  const path = tuple(constantFrom(...paths), query).map((parts) => parts.join(''));
  return record({
    method: constantFrom(...METHODS),
    path: oneof(
      { weight: 4, arbitrary: path },
      {
        weight: 1,
        arbitrary: string({ maxLength: 80 }).map((text) => `/${text.replaceAll(INVISIBLE, '%')}`),
      },
    ),
    type: constantFrom(...TYPES),
    body: oneof({ weight: 3, arbitrary: encoded }, { weight: 1, arbitrary: string() }),
    cookie: oneof(
      constant('hers'),
      constant(''),
      value.map((text) => `session_id=${text.slice(0, 4_000).replaceAll(INVISIBLE, '')}`),
    ),
    accept: constantFrom('text/html', 'application/json', '*/*', 'nonsense'),
    site: constantFrom('same-origin', 'cross-site', 'none', ''),
  });
}

async function send(
  url: string,
  hers: string,
  { type, accept, site, ...rest }: Input,
): Promise<{ status: number; text: string }> {
  const body = ['GET', 'HEAD'].includes(rest.method) ? '' : rest.body;
  const headers = {
    // Node.js leaves it out for some methods, and the body would be the beginning of the next request.
    'content-length': Buffer.byteLength(body),
    accept,
    ...(type && { 'content-type': type }),
    ...(site && { 'sec-fetch-site': site }),
    ...(rest.cookie && { cookie: rest.cookie === 'hers' ? hers : rest.cookie }),
  };
  const { method } = rest;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, path: rest.path.slice(0, 12_000), headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    // An answer may come, and the connection be closed, before all of a large body was sent.
    sent.on('error', (error: NodeJS.ErrnoException) =>
      ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')
        ? resolve({ status: 0, text: '' })
        : reject(error),
    );
    sent.end(body);
  });
}
