import { connect } from 'node:net';

import { Client } from 'pg';

import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startStack } from '../counter/stack.js';
import { until } from '../session/contract/until.js';
import { Browser } from './browser.js';
import { ADD, PAGE } from '../counter/pages.js';

let stack: Stack;
beforeAll(async () => {
  const settings = new SettingsFile(PATIENCE, {
    server: {
      trust_proxy: ['127.0.0.1'],
      headers_timeout_ms: 600,
      request_timeout_ms: 900,
      idle_timeout_ms: 500,
    },
  });
  stack = await startStack({}, { settings });
});
afterAll(async () => stack.stop());

const newBrowser = () => new Browser(stack.url);

/** Sends bytes, and what else `meanwhile` does; resolves to all that comes back until the connection is closed. */
async function exchange(
  bytes: string,
  meanwhile: (write: (more: string) => void) => void = () => undefined,
): Promise<string> {
  const socket = connect(Number(new URL(stack.url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (data: string) => (answer += data));
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  meanwhile((more) => socket.writable && socket.write(more, 'latin1'));
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

const EVERYWHERE = {
  'content-security-policy': /^default-src 'none'; .*report-uri \/csp-reports; report-to csp$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'origin-agent-cluster': /^\?1$/,
  // Nobody may use any of them, this site neither.
  'permissions-policy': /^camera=\(\)(, [\w-]+=\(\))+$/,
  'referrer-policy': /^same-origin$/,
  'reporting-endpoints': /^csp="\/csp-reports"$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'x-permitted-cross-domain-policies': /^none$/,
};

/** Those that `default-src` does not stand in for: without them everything is allowed (CSP 3, 6.3 and 6.4). */
const WITHOUT_A_DEFAULT = ['base-uri', 'form-action', 'frame-ancestors'];

function expectStrictPolicy(policy: string): void {
  const directives = policy.split('; ').map((directive) => directive.split(' '));
  const sources = directives.filter(([name = '']) => !name.startsWith('report-'));
  expect(sources.map(([name]) => name)).toEqual(expect.arrayContaining(WITHOUT_A_DEFAULT));
  for (const [name, ...values] of sources) {
    expect([name, values]).toEqual([name, [expect.stringMatching(/^'(self|none)'$/)]]);
  }
}

function expectHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(EVERYWHERE)) {
    expect([name, headers.get(name)]).toEqual([name, expect.stringMatching(value)]);
  }
  expectStrictPolicy(headers.get('content-security-policy') ?? '');
  expect(headers.get('server')).toBeNull();
  expect(headers.get('x-powered-by')).toBeNull();
}

describe('security headers', () => {
  test.each([
    ['a page', 'GET', '/', 200],
    ['a redirect', 'GET', '/account', 303],
    ['a missing page', 'GET', '/nothing-here', 404],
    ['a file', 'GET', '/styles.css', 200],
    ['an unreadable path', 'GET', '/%ff', 404],
    ['health', 'GET', '/health', 200],
    ['a rejected form', 'POST', '/login', 422],
    ['a method that there is not', 'PUT', '/login', 404],
  ])('are on %s', async (_, method, path, status) => {
    const response = await fetch(stack.url + path, { method, redirect: 'manual' });
    expect(response.status).toBe(status);
    expectHeaders(response.headers);
  });

  test('are on refusals and on what is too large', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site' };
    const refused = await fetch(`${stack.url}/logout`, { method: 'POST', headers: foreign });
    expect(refused.status).toBe(403);
    expectHeaders(refused.headers);
    const header = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, '1']));
    const many = await newBrowser().get('/', header);
    expect(many.status).toBe(431);
    expectHeaders(many.headers);
    const large = await newBrowser().post('/login', { email: 'x'.repeat(100_000) });
    expect(large.status).toBe(413);
    expectHeaders(large.headers);
  });

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['HTTP/0.9', 'GET /\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n', 400],
    ['40 kB of cookies', `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\na=b',
      400,
    ],
    [
      'a length and chunks',
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
  ])('are on the answer to %s', async (_, bytes, status) => {
    const answer = await exchange(bytes);
    const [head = ''] = answer.split('\r\n\r\n');
    const [line, ...fields] = head.split('\r\n');
    expect(line).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).not.toMatch(/fastify|nestjs|node\.js|HPE_|\.[jt]s:/i);
    expectHeaders(
      new Headers(fields.map((field) => field.split(/: (.*)/s, 2) as [string, string])),
    );
  });

  test('promise HTTPS only where the settings say that browsers come over it', async () => {
    const answer = await newBrowser().get('/', { 'x-forwarded-proto': 'https' });
    expect(answer.headers.get('strict-transport-security')).toBeNull();
  });
});

describe('caches', () => {
  const JSON_TYPE = { accept: 'application/json' };

  test.each([
    ['GET', '/', 200],
    ['GET', '/login', 200],
    ['GET', '/reset?token=unknown', 410],
    ['GET', '/signup/finish?token=unknown', 410],
    ['GET', '/account', 303],
    ['GET', '/nothing-here', 404],
    ['POST', '/login', 422],
  ])(
    'keep no answer to %s %s, and know that another client gets another',
    async (method, path, status) => {
      for (const headers of [{ accept: 'text/html' }, JSON_TYPE]) {
        const answer = await fetch(stack.url + path, { method, headers, redirect: 'manual' });
        expect([200, 401, 404, 410, 422, status]).toContain(answer.status);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('vary')).toMatch(/(^|, )Accept($|,)/);
      }
    },
  );

  test.each(['/health', '/health/ready', '/%ff', '/login/nothing'])(
    'keep no answer to %s',
    async (path) => {
      const answer = await fetch(stack.url + path);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  test('keep files, which are the same for everybody', async () => {
    const { headers } = await fetch(`${stack.url}/styles.css`);
    expect(headers.get('cache-control')).toMatch(/^public/);
    expect(headers.get('vary')).toBe('accept-encoding');
  });
});

test('a client that sends thousands of requests ahead is cut off, and few of them are answered', async () => {
  const answers = await exchange('GET /health HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20_000));
  expect(answers.split('HTTP/1.1 200 ').length - 1).toBeLessThan(20);
  expect((await newBrowser().get('/health')).status).toBe(200);
});

describe('a client that is too slow', () => {
  test('with its headers is answered with 408 and closed', async () => {
    const started = Date.now();
    const answer = await exchange('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', (write) => {
      setInterval(() => write('a'), 100).unref();
    });
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(Date.now() - started).toBeGreaterThanOrEqual(500);
  });

  test('with its body is closed, too', async () => {
    const head =
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n';
    const answer = await exchange(head, (write) => {
      setInterval(() => write('a'), 100).unref();
    });
    expect(answer).toMatch(/^(HTTP\/1.1 408 .*)?$/s);
  });

  test('with its next request finds the connection closed', async () => {
    const answer = await exchange('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('what another site causes', () => {
  const signedIn = async (): Promise<Browser> => {
    const browser = newBrowser();
    await browser.logIn();
    return browser;
  };

  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'nonsense' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://app.example.evil.example' },
    { origin: 'https://evil.example' },
    { origin: 'http://app.example.evil.example' },
    { origin: 'null' },
    { origin: 'http://app.example:81' },
  ])('is refused as a write: %j', async (headers) => {
    const browser = await signedIn();
    expect((await browser.post(...ADD, headers)).status).toBe(403);
    expect((await browser.post('/logout', {}, headers)).status).toBe(403);
    const login = { email: 'grace@example.com', password: 'a walk along the river' };
    expect((await newBrowser().post('/login', login, headers)).status).toBe(403);
    expect(await browser.json(PAGE)).toMatchObject({ count: 0 });
  });

  test.each([
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    // As the settings call it, whatever a proxy makes of the Host.
    { origin: 'http://app.example' },
    {},
  ])('is not this: %j', async (headers) => {
    const browser = await signedIn();
    expect((await browser.post(...ADD, headers)).status).toBe(303);
  });

  test.each([
    { 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    { 'sec-fetch-dest': 'script', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' },
    { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
  ])('can’t put a private page into another: %j', async (headers) => {
    const browser = await signedIn();
    expect((await browser.get('/account', headers)).status).toBe(403);
    expect((await browser.get('/account', headers)).status).toBe(403);
  });

  test('may be a link to a private page', async () => {
    const { cookie } = await signedIn();
    // Node's fetch says itself what it is.
    const link = `Cookie: ${cookie}\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate`;
    const answer = await exchange(
      `GET /account HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${link}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

test('a log-out clears the storage of the browser, and the known device stays', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const response = await browser.post('/logout', {});
  expect(response.headers.get('clear-site-data')).toBe('"storage"');
  expect(response.headers.getSetCookie().join()).toMatch(/^session_id=;.*Max-Age=0$/);
});

test('reports of the policy are taken, logged as text, and limited for each client', async () => {
  const send = async (body: string, type = 'application/csp-report', from = '198.51.100.1') => {
    const headers = { 'content-type': type, 'x-forwarded-for': from };
    return fetch(`${stack.url}/csp-reports`, { method: 'POST', body, headers });
  };
  expect((await send('{"csp-report":"a\\n{\\"level\\":60}"}')).status).toBe(204);
  expect((await send('x'.repeat(100_000))).status).toBe(413);
  expect((await send('x', 'text/plain')).status).toBe(415);
  const answers = await Promise.all(Array.from({ length: 200 }, async () => send('[]')));
  for (const { status } of answers) expect(status).toBe(204);
  const logged = stack.app.output().split('content security policy').length - 1;
  expect(logged).toBeGreaterThan(0);
  expect(logged).toBeLessThanOrEqual(40);
  // Whoever floods keeps nobody else from being heard.
  await send('[{"from":"somebody else"}]', 'application/reports+json', '198.51.100.2');
  await until(async () => stack.app.output().includes('somebody else'));
  for (const line of stack.app.output().trim().split('\n'))
    expect(() => JSON.parse(line)).not.toThrow();
});

test('a write that says nothing of where it comes from can be refused by a setting', async () => {
  const settings = new SettingsFile(PATIENCE, { server: { refuse_writes_without_origin: true } });
  const strict = await startStack({}, { settings });
  const browser = new Browser(strict.url);
  expect((await browser.logIn()).status).toBe(403);
  const same = { 'sec-fetch-site': 'same-origin' };
  const form = { email: 'ada@example.com', password: 'a walk along the river' };
  expect((await browser.post('/login', form, same)).status).toBe(303);
  await strict.stop();
});

test('files are sent compressed; a page is not, since its length would tell of what is in it', async () => {
  const encodingOf = async (path: string) =>
    (await newBrowser().get(path, { 'accept-encoding': 'br' })).headers.get('content-encoding');
  for (const file of ['/styles.css', '/comforts.js', '/favicon.svg']) {
    expect([file, await encodingOf(file)]).toEqual([file, 'br']);
  }
  expect(await encodingOf('/')).toBeNull();
});

test('a mistake of ours says nothing of how it came about, but to the log, and ends nothing', async () => {
  const browser = newBrowser();
  await browser.logIn();
  const client = new Client(stack.postgres.url);
  await client.connect();
  await client.query('ALTER TABLE users RENAME TO lost_users');
  for (const accept of ['text/html', 'application/json']) {
    const response = await browser.get('/account', { accept });
    expect(response.status).toBe(500);
    expectHeaders(response.headers);
    const body = await response.text();
    expect(body).toContain('That went wrong');
    expect(body).not.toMatch(/public\.|prisma|relation|postgres|select|node_modules|dist\//i);
  }
  await client.query('ALTER TABLE lost_users RENAME TO users');
  await client.end();
  expect((await browser.get('/account')).status).toBe(200);
  const lines = stack.app.output().split('\n');
  expect(lines.some((line) => line.includes('"level":50') && line.includes('users'))).toBe(true);
  expect(stack.app.output()).not.toContain('ended:');
});
