import { setTimeout as pause } from 'node:timers/promises';

import { type App, startApp } from '../../dev/app.js';
import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';

const TRUST_PROXY = '127.0.0.1, 10.0.0.0/8';

/** By itself the program trusts nobody; the other one trusts the proxies of its network. */
let stack: Stack;
let behindProxy: App;
beforeAll(async () => {
  stack = await startStack({ WORKERS: '1' });
  behindProxy = await startApp({ env: { ...stack.env, TRUST_PROXY }, settings: stack.settings });
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

test('behind a proxy of ours a login over HTTPS has a cookie of this host alone', async () => {
  const answer = await new Browser(behindProxy.url).post(
    '/login',
    { email: 'ada@example.com', password: 'a walk along the river' },
    { 'x-forwarded-proto': 'https' },
  );
  expect(answer.headers.get('strict-transport-security')).not.toBeNull();
  expect(answer.headers.getSetCookie()).toContainEqual(
    expect.stringMatching(/^__Host-session_id=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
  );
});
