import { type RedisStack, startStack } from '../../dev/stack.js';
import { totpQrCode } from '../../src/second-factor/totp.js';
import { Browser } from '../app/browser.js';
import {
  accountsInForms,
  declaredRoutes,
  nameOf,
  pathOf,
  type Route,
} from '../app/declared-routes.js';

const JOAN = { email: 'joan@example.com', password: 'a sentence of a few words' };
const SETUP = '/account/second-factor/setup';

/** What the demo adds to the app. */
const OF_DEMO = /^\/(products|cart|checkout|orders|demo|how-it-works)\b/;

const PUBLIC = [
  'GET /products/:slug',
  'POST /cart/items',
  'POST /cart/items/:product',
  'POST /demo/kill-worker',
  'GET /how-it-works',
  'GET /how-it-works/*',
];

let stack: RedisStack;
let routes: Route[];
beforeAll(async () => {
  stack = await startStack();
  routes = declaredRoutes('dist/src/demo/demo.module.js', stack.env).filter(({ path }) =>
    OF_DEMO.test(path),
  );
});
afterAll(async () => stack.stop());

test('visitors can reach the products, the cart’s forms, the kill button and the walk-through; the rest takes a login', async () => {
  const open: string[] = [];
  for (const route of routes) {
    const { method } = route;
    const answer = await fetch(stack.url + pathOf(route), { method, redirect: 'manual' });
    const isClosed = answer.headers.get('location')?.startsWith('/login') ?? false;
    if (!isClosed) open.push(nameOf(route));
  }
  expect(open.toSorted()).toEqual(PUBLIC.toSorted());
  expect(routes.length).toBeGreaterThan(open.length);
});

test('each form of the demo says whose it is', async () => {
  const ada = new Browser(stack.url);
  await ada.logIn();
  await ada.post('/cart/items', { product: 'tea' });
  for (const path of ['/', '/products/tea', '/cart', '/how-it-works']) {
    const forms = accountsInForms(await (await ada.get(path)).text());
    const own = forms.filter(([action]) => OF_DEMO.test(action));
    expect(own.length).toBeGreaterThan(0);
    for (const [action, times] of own) expect([path, action, times]).toEqual([path, action, 1]);
  }
});

test.each([
  ...['/products', '/products/', '/products/..%2f..%2fpackage.json', '/products/tea.svg'],
  ...['/demo', '/demo/', '/demo/products', '/demo/products/', '/demo/pictures/'],
  ...['/demo/..%2f..%2fpackage.json', '/demo/%2e%2e/%2e%2e/package.json', '/demo/demo.css.map'],
])('%s is not served', async (path) => {
  expect((await fetch(stack.url + path)).status).toBe(404);
});

test('the shop has its own name on pages, in emails and in authenticator apps', async () => {
  const joan = new Browser(stack.url);
  await joan.signUp(stack.mailbox, JOAN);
  expect(await (await joan.get('/account')).text()).toContain(' · Leaf &amp; Kettle</title>');
  expect(stack.mailbox.mailsTo(JOAN.email)[0]?.subject).toMatch(/ · Leaf & Kettle$/);
  await joan.post('/account/second-factor/begin', {});
  const setup = await joan.json<{ secret: string; qrCode: string }>(SETUP);
  const secret = setup.secret.replaceAll(' ', '');
  expect(setup.qrCode).toBe(totpQrCode(secret, JOAN.email, 'Leaf & Kettle'));
});

test('nobody’s password is made of that name', async () => {
  const joan = new Browser(stack.url);
  await joan.logIn(JOAN.email, JOAN.password);
  const change = { current: JOAN.password, password: 'kettle leaf kettle leaf' };
  const refused = await joan.post('/account/password', change);
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('This is made of your own name or address, or of ours.');
});
