import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ BEHIND_THIS_PAGE: 'false' });
});
afterAll(async () => stack.stop());

const newBrowser = () => new Browser(stack.app.url);

async function send(path: string, body: string, type = 'application/x-www-form-urlencoded') {
  return fetch(stack.app.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': type, accept: 'application/json' },
    redirect: 'manual',
  });
}

test.each([
  ['product=tea&quantity=-1', 'quantity'],
  ['product=tea&quantity=0', 'quantity'],
  ['product=tea&quantity=1e3', 'quantity'],
  ['product=tea&quantity=1.5', 'quantity'],
  ['product=tea&quantity=0x10', 'quantity'],
  ['product=tea&quantity=+7', 'quantity'],
  ['product=tea&quantity=1000000000', 'quantity'],
  ['product=tea&product=cup', 'product'],
  ['product=nothing-we-sell', 'product'],
  ['product=%00', 'product'],
  ['product[a]=tea', 'product'],
  ['product=tea&colour=red', 'form'],
  ['', 'product'],
  ['__proto__=x', 'form'],
])('adding with %j is refused, and the field %s is named', async (body, field) => {
  const response = await send('/cart/items', body);
  expect(response.status).toBe(422);
  const problem = (await response.json()) as { mistakes: { field: string }[] };
  expect(problem.mistakes.map((mistake) => mistake.field)).toContain(field);
});

test.each([
  ['{"email":"ada@example.com"}', 'application/json', 415],
  ['email', 'text/plain', 415],
  [`email=${'a'.repeat(100_000)}`, 'application/x-www-form-urlencoded', 413],
])('a body that no form sends is refused: %#', async (body, type, status) => {
  expect((await send('/login', body, type)).status).toBe(status);
});

test('more fields or parameters than anybody sends are refused, and how many do not matter', async () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, i) => `a${i}=1`).join('&');
  expect((await send('/cart/items', pairs(100))).status).toBe(422);
  expect((await send('/cart/items', pairs(101))).status).toBe(413);
  expect((await send('/cart/items', '&'.repeat(60_000))).status).toBe(413);
  expect((await newBrowser().get(`/login?${pairs(100)}`)).status).toBe(200);
  const many = await newBrowser().get(`/login?${pairs(101)}`, { accept: 'application/json' });
  expect(many.status).toBe(400);
  expect(many.headers.get('content-type')).toContain('application/problem+json');
});

test('a field that a page does not have is named on that page', async () => {
  const response = await newBrowser().post('/login', { email: 'a@b.example', colour: 'red' });
  expect(response.status).toBe(422);
  expect(await response.text()).toContain('“colour” is no field of this form');
});

test.each(['/%ff', '/cart/%', '/%00', '/products/%c3%28?x=1'])(
  'there is no page %s',
  async (path) => {
    const response = await newBrowser().get(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('Nothing here');
  },
);

test('a wrong password and an unknown address get the same answer', async () => {
  const wrong = await newBrowser().logIn('ada@example.com', 'not her password');
  const unknown = await newBrowser().logIn('nobody@example.com', 'not her password');
  expect(wrong.status).toBe(401);
  expect(unknown.status).toBe(401);
  const masked = async (response: Response) =>
    (await response.text()).replaceAll(/(ada|nobody)@example\.com/g, 'E');
  expect(await masked(wrong)).toBe(await masked(unknown));
});

test('a password is never put back into a page', async () => {
  const response = await newBrowser().logIn('ada@example.com', 'a secret of mine');
  expect(await response.text()).not.toContain('a secret of mine');
});

test.each([
  '//evil.example',
  '/\\evil.example',
  '\\evil.example',
  '/%09/evil.example',
  'https:evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/\r\nSet-Cookie: a=b',
  `/${'a'.repeat(8_000)}`,
])('after the login nobody is sent to %j', async (next) => {
  const { email, password } = { email: 'ada@example.com', password: 'tea for two at noon' };
  const response = await newBrowser().post('/login', { email, password, next });
  const location = response.headers.get('location') ?? '';
  expect(response.status).toBe(303);
  expect(new URL(location, 'http://here.example').origin).toBe('http://here.example');
});

test('a write that another site caused is refused', async () => {
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
    const response = await fetch(`${stack.app.url}/logout`, { method: 'POST', headers });
    expect(response.status).toBe(403);
  }
});
