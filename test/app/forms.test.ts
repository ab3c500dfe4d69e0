import { type Stack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { postBody, wrongFields } from './raw-body.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => stack.stop());

const FORM_TYPE = 'application/x-www-form-urlencoded';

const newBrowser = () => new Browser(stack.app.url);

const send = async (path: string, body: string, type?: string) =>
  postBody(stack.app.url + path, body, type);

test.each([
  ['email=a@b.example&email=c@d.example', 'email'],
  ['email[a]=a@b.example', 'email'],
  ['email=%00', 'email'],
  ['', 'email'],
  ['__proto__=x', 'email'],
])('a form with %j is refused, and the field %s is named', async (body, field) => {
  const response = await send('/signup', body);
  expect(response.status).toBe(422);
  expect(await wrongFields(response)).toContain(field);
});

test.each([
  ['{"email":"ada@example.com"}', 'application/json', 415],
  ['email', 'text/plain', 415],
  [`email=${'a'.repeat(100_000)}`, 'application/x-www-form-urlencoded', 413],
])('a body that no form sends is refused: %#', async (body, type, status) => {
  expect((await send('/login', body, type)).status).toBe(status);
});

test.each([
  ['/login', `email=${'a'.repeat(100_000)}`, FORM_TYPE, 413],
  ['/login', '{}', 'application/json', 415],
  ['/csp-reports/none', '', FORM_TYPE, 404],
  ['/account/email/undo', '', FORM_TYPE, 422],
])('the page that says why a form sent to %s was refused leads back to it: %#', async (...sent) => {
  const [path, body, type, status] = sent;
  const response = await fetch(stack.app.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': type, referer: `${stack.app.url}/forgotten` },
  });
  expect(response.status).toBe(status);
  const page = await response.text();
  expect(page).toContain('<a class="button" href="/forgotten">Back to where you were</a>');
  expect(page).toContain('<a href="/">');
});

test('more fields or parameters than anybody sends are refused, and how many do not matter', async () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, i) => `a${i}=1`).join('&');
  expect((await send('/login', pairs(100))).status).toBe(422);
  expect((await send('/login', pairs(101))).status).toBe(413);
  expect((await send('/login', '&'.repeat(60_000))).status).toBe(413);
  expect((await newBrowser().get(`/login?${pairs(100)}`)).status).toBe(200);
  const many = await newBrowser().get(`/login?${pairs(101)}`, { accept: 'application/json' });
  expect(many.status).toBe(400);
  expect(many.headers.get('content-type')).toContain('application/problem+json');
});

test('a page with mistakes says so in its title, and of each field what is wrong with it', async () => {
  const page = await (await newBrowser().post('/login', { email: 'a@b.example' })).text();
  expect(page).toContain('<title>Error: Log in ·');
  expect(page).toMatch(
    /<input\s+id="password"[^>]*aria-invalid="true" aria-describedby="password-error" autofocus/,
  );
});

test('a field that a browser extension has added to a form is ignored', async () => {
  const form = { email: 'a@b.example', colour: 'vermilion' };
  expect((await newBrowser().post('/signup', form)).status).toBe(303);
  const refused = await newBrowser().post('/signup', { ...form, email: 'none' });
  expect(await refused.text()).not.toContain('vermilion');
});

test.each(['/%ff', '/account/%', '/%00', '/account/%c3%28?x=1'])(
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
  const { email, password } = { email: 'ada@example.com', password: 'a walk along the river' };
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
