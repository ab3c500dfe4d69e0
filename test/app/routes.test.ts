import { readdirSync, readFileSync } from 'node:fs';

import { type RedisStack, startStack } from '../counter/stack.js';
import { ADD, PAGE } from '../counter/pages.js';
import { Browser } from './browser.js';
import { accountsInForms, declaredRoutes, nameOf, pathOf, type Route } from './declared-routes.js';

/** What somebody may ask for who is not logged in: all else is for users, without being told so. */
const PUBLIC = [
  'GET /.well-known/change-password',
  'GET /',
  'GET /account/email/undo',
  'POST /account/email/undo',
  'POST /counter',
  'POST /counter/add',
  'GET /forgotten',
  'GET /forgotten/sent',
  'POST /forgotten',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'GET /inbox',
  'GET /login',
  'POST /login',
  'GET /login/code',
  'POST /login/code',
  'POST /logout',
  'POST /password/strength',
  'GET /reset',
  'POST /reset',
  'GET /signup',
  'POST /signup',
  'GET /signup/finish',
  'GET /signup/sent',
  'POST /signup/finish',
];

/** Forms that say themselves who somebody is from then on. */
const SAYS_WHO = ['/login', '/logout', '/signup/finish'];

let stack: RedisStack;
let routes: Route[];
beforeAll(async () => {
  stack = await startStack();
  routes = declaredRoutes('dist/test/counter/counter.module.js', stack.env);
});
afterAll(async () => stack.stop());

const isPrivate = (route: Route): boolean => !PUBLIC.includes(nameOf(route));

async function ask({ method, path }: Route, headers: Record<string, string> = {}) {
  return fetch(stack.url + path, { method, headers, redirect: 'manual' });
}

test('what is not for everybody sends whoever is not logged in to the login page', async () => {
  for (const name of PUBLIC) expect(routes.map(nameOf)).toContain(name);
  const closed = routes.filter(isPrivate);
  expect(closed.length).toBeGreaterThan(10);
  for (const route of closed) {
    const response = await ask({ ...route, path: pathOf(route) });
    expect([nameOf(route), response.status]).toEqual([nameOf(route), 303]);
    expect(response.headers.get('location')).toMatch(/^\/login(\?|$)/);
  }
});

test('nothing is changed by reading: what is posted can’t be asked for', async () => {
  const readable = new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  const browser = new Browser(stack.url);
  await browser.logIn();
  await browser.post(...ADD);
  const before = await stack.redis.call('DBSIZE');
  for (const route of routes) {
    if (route.method !== 'POST' || readable.has(route.path)) continue;
    const fields = 'name=x&email=ada@example.com&password=a+walk+along+the+river';
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const path = `${pathOf(route)}?${fields}`;
      const response = await ask({ method, path }, { cookie: browser.cookie });
      expect([method, path, response.status]).toEqual([method, path, 404]);
    }
  }
  expect(await browser.json(PAGE)).toMatchObject({ count: 1 });
  expect(await stack.redis.call('DBSIZE')).toBe(before);
});

test('there are no methods but those that a route declares', async () => {
  const declared = new Set(routes.map((route) => `${route.method} ${pathOf(route)}`));
  for (const path of new Set(routes.map(pathOf))) {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'POST']) {
      if (declared.has(`${method} ${path}`)) continue;
      const { status } = await ask({ method, path });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
  }
});

describe('a page of a user', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = new Browser(stack.url);
    await browser.logIn();
  });

  const pages = () =>
    routes.filter((route) => route.method === 'GET' && isPrivate(route)).map(pathOf);

  test('is kept by no cache, says what it is in which characters, and never shows the id', async () => {
    for (const path of [...pages(), '/', '/login', '/nothing-here']) {
      const response = await browser.get(path);
      expect([path, response.headers.get('cache-control')]).toEqual([path, 'no-store']);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      const isPage = response.status === 200 || response.status === 404;
      if (isPage) expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await response.text()).not.toContain(browser.id);
      expect(JSON.stringify([...response.headers])).not.toContain(browser.id);
    }
  });

  test('has a way to log out, and asks nobody else for anything', async () => {
    let seen = 0;
    for (const path of pages()) {
      const response = await browser.get(path);
      if (response.status !== 200) continue;
      seen++;
      const html = await response.text();
      expect(html.match(/<form method="post" action="\/logout">/g)).toHaveLength(1);
      expect(html).not.toMatch(/<(script|link|img|iframe|source|video)[^>]+="(https?:)?\/\//);
    }
    expect(seen).toBeGreaterThan(5);
  });

  test('says in each of its forms whose it is, but where the form says so itself', async () => {
    await browser.post(...ADD);
    const everybodys = routes.filter((route) => route.method === 'GET' && !isPrivate(route));
    let seen = 0;
    for (const path of [...pages(), ...everybodys.map(pathOf)]) {
      const html = await (await browser.get(path)).text();
      for (const [action, times] of accountsInForms(html)) {
        expect([path, action, times]).toEqual([path, action, SAYS_WHO.includes(action) ? 0 : 1]);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(20);
  });

  test.each(['/account/x.css', '/account;a.js', '/account%2fx.css', '/account/sessions/x.png'])(
    'is not what a cache would take for a file: %s',
    async (path) => {
      const response = await browser.get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );

  test.each(['https://evil.example', 'null', 'http://app.example.evil.example'])(
    'is for no script of %s',
    async (origin) => {
      const { headers } = await browser.get('/account', { origin, accept: 'application/json' });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  test('names no function to call: what a client asks for in JSON is JSON', async () => {
    const response = await browser.get('/account?callback=take', { accept: 'application/json' });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ email: 'ada@example.com' });
  });
});

test.each([
  ...['/.git/HEAD', '/.env', '/package.json', '/server.yaml', '/config/server.yaml'],
  ...['/../package.json', '/%2e%2e/package.json', '/%00'],
  ...['/views/login.hbs', '/styles.css.map', '/.well-known/', '/metrics', '/debug'],
])('%s is not served', async (path) => {
  expect((await ask({ method: 'GET', path })).status).toBe(404);
});

test('what users have typed is text, wherever it is shown', async () => {
  const browser = new Browser(stack.url);
  const name = `<img src=x onerror=1>{{7*7}}"'><b>`;
  await browser.signUp(stack.mailbox, {
    email: 'typed@example.com',
    name,
    password: 'umbrella harvest violin',
  });
  for (const path of ['/account', '/account/name']) {
    const html = await (await browser.get(path)).text();
    expect(html).not.toMatch(/<img src=x|<b>/);
    expect(html).toContain('{{7*7}}');
  }
});

/** The text of each template, also of features that have theirs beside their code. */
const TEMPLATES = ['views', 'src', 'test/counter', 'docs/examples'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
);

test('no template shows anything but as text, save the picture that the app draws', () => {
  const raw = TEMPLATES.flatMap(
    (template) => template.match(/\{\{\{.*?\}\}\}|\{\{&.*?\}\}/g) ?? [],
  );
  expect(raw).toEqual(['{{{qrCode}}}']);
});

test('no template has a form that does not say whose it is', () => {
  const forms = TEMPLATES.flatMap((template) => [
    ...template.matchAll(/<form[^>]*action="([^"]*)".*?<\/form>/gs),
  ]);
  const without = forms.filter(([form]) => !form.includes('{{> partials/form-account}}'));
  expect(without.map(([, action]) => action).toSorted()).toEqual(SAYS_WHO.toSorted());
});

test('all that is kept in Redis goes away by itself, and visitors leave nothing there', async () => {
  const before = await stack.redis.call('DBSIZE');
  for (let i = 0; i < 200; i++) await ask({ method: 'GET', path: i % 2 === 0 ? '/' : '/login' });
  expect(await stack.redis.call('DBSIZE')).toBe(before);
  const keys = (await stack.redis.call('KEYS', '*')) as string[];
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect([key, await stack.redis.call('PTTL', key)]).not.toEqual([key, -1]);
});
