import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from '../app/browser.js';
import { postBody, wrongFields } from '../app/raw-body.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ DEMO_PANEL: 'false' });
});
afterAll(async () => stack.stop());

const newBrowser = () => new Browser(stack.url);

test('each product of the shelf has a page, from which as many as one likes go into the cart', async () => {
  const browser = newBrowser();
  const shelf = await (await browser.get('/')).text();
  const paths = [...shelf.matchAll(/href="(\/products\/[^"]+)"/g)].map(([, path]) => path ?? '');
  expect(paths.length).toBeGreaterThan(3);
  for (const path of paths) expect((await browser.get(path)).status).toBe(200);

  const page = await (await browser.get('/products/tea')).text();
  expect(page).toMatch(/<h1>Sencha<\/h1>[^]*£14\.50[^]*Green tea from Shizuoka/);
  expect(page).toContain('src="/demo/products/tea.svg"');
  expect((await browser.post('/cart/items', { product: 'tea', quantity: '3' })).status).toBe(303);
  await browser.logIn();
  expect(await (await browser.get('/cart')).text()).toContain('href="/products/tea"');
});

test('who is logged in is greeted by the newest name, which is text, whatever it looks like', async () => {
  const [here, phone] = [newBrowser(), newBrowser()];
  const greeting = async () => (await phone.get('/')).text();
  expect(await greeting()).not.toContain('Good to see you');
  for (const browser of [here, phone]) await browser.logIn();
  await here.post('/account/name', { name: '  Joan Murray ' });
  expect(await greeting()).toContain('Good to see you, Joan Murray.');
  await here.post('/account/name', { name: `<img src=x onerror=1>{{7*7}}"'><b>` });
  expect(await greeting()).not.toMatch(/<img src=x|<b>/);
  expect(await greeting()).toContain('{{7*7}}');
});

test('a product is a page for visitors, and data for programs', async () => {
  expect(await newBrowser().json('/products/tea')).toEqual({
    slug: 'tea',
    name: 'Sencha',
    description: expect.any(String),
    price: { minor: 1450, currency: 'GBP' },
    picture: '/demo/products/tea.svg',
  });
});

test('of products that are asked for at one moment, everybody gets their own', async () => {
  const slugs = Array.from({ length: 10 }, () => ['tea', 'nothing-we-sell', 'pot', 'cup']).flat();
  const asked = slugs.map(async (slug) =>
    newBrowser().json<{ slug?: string }>(`/products/${slug}`),
  );
  const expected = slugs.map((slug) => (slug === 'nothing-we-sell' ? undefined : slug));
  expect((await Promise.all(asked)).map(({ slug }) => slug)).toEqual(expected);
});

test.each(['nothing-we-sell', 'TEA', '%00', '%ff', '..%2ftea', 'a'.repeat(65), "tea'--"])(
  'there is no product %s',
  async (slug) => {
    const response = await newBrowser().get(`/products/${slug}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('Nothing here');
  },
);

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
  ['', 'product'],
  ['__proto__=x', 'product'],
])('adding with %j is refused, and the field %s is named', async (body, field) => {
  const response = await postBody(`${stack.url}/cart/items`, body);
  expect(response.status).toBe(422);
  expect(await wrongFields(response)).toContain(field);
});

test.each(['tea', 'no-such-thing'])(
  'none of %s in a cart that has none makes no session',
  async (product) => {
    const browser = newBrowser();
    expect((await browser.post(`/cart/items/${product}`, { quantity: '0' })).status).toBe(303);
    expect(browser.cookie).toBe('');
  },
);
