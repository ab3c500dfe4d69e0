import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type App, type RedisStack, startApp, startStack } from '../counter/stack.js';
import { until } from '../session/contract/until.js';
import { Browser } from './browser.js';

const TRUST_PROXY = '127.0.0.1, 10.0.0.0/8';
const TRIES_PER_ADDRESS = 20;

/** By itself the program trusts nobody; the other one trusts the proxies of its network, which speak HTTPS. */
let stack: RedisStack;
let behindProxy: App;
beforeAll(async () => {
  stack = await startStack({ WORKERS: '1' });
  const https = { TRUST_PROXY, PUBLIC_URL: 'https://app.example', LOG_LEVEL: 'info' };
  const settings = new SettingsFile(PATIENCE, {
    auth: { limits: { tries_per_address: TRIES_PER_ADDRESS } },
  });
  behindProxy = await startApp({ env: { ...stack.env, ...https }, settings });
});
afterAll(async () => {
  await behindProxy.stop();
  await stack.stop();
});

/** Where a failed login came from, by the log. */
async function addressOf(app: App, headers: Record<string, string>): Promise<unknown> {
  const seen = () =>
    app
      .output()
      .split('\n')
      .filter((line) => line.includes('authn_login_fail"'));
  const before = seen().length;
  const wrong = { email: 'nobody@example.com', password: 'wrong' };
  await new Browser(app.url).post('/login', wrong, headers);
  while (seen().length === before) await pause(10);
  return (JSON.parse(seen().at(-1)!) as { address: unknown }).address;
}

const FORGED = [
  { 'x-forwarded-for': '198.51.100.7' },
  { 'x-forwarded-for': '127.0.0.1, 10.0.0.1' },
  { forwarded: 'for=198.51.100.7' },
  { 'x-real-ip': '198.51.100.7' },
  { 'x-client-ip': '198.51.100.7' },
  { 'cf-connecting-ip': '198.51.100.7' },
];

test.each(FORGED)('from whoever is no proxy of ours %j says nothing', async (headers) => {
  expect(await addressOf(stack.app, headers)).toBe('127.0.0.1');
});

test('nor does it make a connection one over HTTPS, or the host another', async () => {
  const ada = { email: 'ada@example.com', password: 'a walk along the river' };
  const forged = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };
  const answer = await new Browser(stack.url).post('/login', ada, forged);
  expect(answer.status).toBe(303);
  expect(answer.headers.get('strict-transport-security')).toBeNull();
  expect(answer.headers.get('location')).toBe('/');
  for (const cookie of answer.headers.getSetCookie()) expect(cookie).not.toContain('Secure');
  const own = { ...forged, origin: 'https://evil.example' };
  expect((await new Browser(stack.url).post('/login', ada, own)).status).toBe(403);
});

test.each([
  ['198.51.100.7', '198.51.100.7'],
  // What a client writes itself stands before what our proxies add.
  ['6.6.6.6, 198.51.100.7', '198.51.100.7'],
  ['127.0.0.1, 198.51.100.7, 10.1.2.3', '198.51.100.7'],
  ['198.51.100.7, 6.6.6.6, 10.1.2.3, 10.4.5.6', '6.6.6.6'],
  ['2001:db8::7, 10.1.2.3', '2001:db8::7'],
  // In all the forms that proxies send.
  ['198.51.100.7:51724', '198.51.100.7'],
  ['198.51.100.7:51724, 10.1.2.3:443', '198.51.100.7'],
  ['"[2001:DB8::7]:443", ::ffff:10.1.2.3', '2001:db8::7'],
  ['198.51.100.7, unknown, 6.6.6.6, 10.1.2.3', '6.6.6.6'],
  ['198.51.100.7, nonsense', '127.0.0.1'],
])('of a chain %j the last that no proxy of ours is counts', async (chain, address) => {
  expect(await addressOf(behindProxy, { 'x-forwarded-for': chain })).toBe(address);
});

test.each(['', ' ', 'nonsense', 'a'.repeat(5_000), ',,,', '"><script>', '999.1.1.1'])(
  'a chain that is none (%j) is no mistake of ours',
  async (chain) => {
    const browser = new Browser(behindProxy.url);
    const answer = await browser.post(
      '/login',
      { email: 'ada@example.com', password: 'a walk along the river' },
      { 'x-forwarded-for': chain },
    );
    expect(answer.status).toBe(303);
  },
);

test('a client behind a proxy of ours is one client, whatever port it comes from', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < TRIES_PER_ADDRESS + 2; i++) {
    const headers = { 'x-forwarded-for': `198.51.100.8:${40_000 + i}, 10.1.2.3:${50_000 + i}` };
    const guess = { email: `nobody-${i}@example.com`, password: 'wrong' };
    statuses.push((await new Browser(behindProxy.url).post('/login', guess, headers)).status);
  }
  expect(statuses.slice(-3)).toEqual([401, 429, 429]);
});

test('a peer that is no proxy of ours and says who its client is, is named in the log once', async () => {
  const forged = { 'x-forwarded-for': '198.51.100.7' };
  for (let i = 0; i < 3; i++) await new Browser(stack.url).get('/', forged);
  const warnings = () =>
    stack.app
      .output()
      .split('\n')
      .filter((line) => line.includes('server.trust_proxy'));
  await until(async () => warnings().length > 0);
  expect(warnings()).toEqual([expect.stringContaining('"peer":"127.0.0.1"')]);
  expect(behindProxy.output()).not.toContain('server.trust_proxy');
});

describe('a program that browsers reach over HTTPS', () => {
  const ada = { email: 'ada@example.com', password: 'a walk along the river' };

  test.each([{}, { 'x-forwarded-proto': 'http' }, { 'x-forwarded-proto': 'https' }])(
    'has cookies that go over HTTPS alone, whatever a request says of how it came: %j',
    async (headers: Record<string, string>) => {
      const { status, headers: sent } = await new Browser(behindProxy.url).post(
        '/login',
        ada,
        headers,
      );
      expect(status).toBe(303);
      expect(sent.getSetCookie()).toEqual([
        expect.stringMatching(/^__Secure-device=[\w-]{43}; .*; Secure$/),
        expect.stringMatching(
          /^__Host-session_id=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
        ),
      ]);
    },
  );

  test.each([
    ['a page', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['what is no HTTP', 'hello\r\n\r\n'],
  ])('has browsers use HTTPS for its own host alone: on the answer to %s', async (_, bytes) => {
    const socket = connect(Number(new URL(behindProxy.url).port), '127.0.0.1');
    socket.write(bytes);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/\r\nstrict-transport-security: max-age=31536000\r\n/);
    socket.destroy();
  });
});

test('a form whose connection is reset while the session is looked up is counted, and no mistake of ours', async () => {
  const ada = new Browser(stack.url);
  await ada.logIn();
  const socket = connect(Number(new URL(behindProxy.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const body = 'email=reset@example.com';
  const lines = [
    ...['POST /account/email HTTP/1.1', 'Host: app.example', 'X-Forwarded-For: 198.51.100.9'],
    ...[`Cookie: __Host-session_id=${ada.id}`, `Content-Length: ${body.length}`],
    'Content-Type: application/x-www-form-urlencoded',
  ];
  // While the session can't be read, nothing has asked yet for what is counted of the peer.
  await stack.redis.freeze();
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // What came before is read before this is answered.
  await fetch(`${behindProxy.url}/health`);
  socket.resetAndDestroy();
  await fetch(`${behindProxy.url}/health`);
  stack.redis.thaw();
  const mistakes = () =>
    behindProxy
      .output()
      .split('\n')
      .filter((line) => line.includes('"level":50'));
  const wasSent = () => stack.mailbox.mailsTo('reset@example.com').length > 0;
  await until(async () => wasSent() || mistakes().length > 0);
  expect(mistakes()).toEqual([]);
});
