import { Redis } from 'ioredis';

import { type RedisStack, startStack } from '../../dev/stack.js';
import { Browser } from '../app/browser.js';
import { ask } from '../app/in-postgres.js';
import { keyOf } from '../app/session-in-redis.js';

const PASSWORD = 'a sentence of a few words';

interface Cart {
  readonly count: number;
  readonly totals: readonly object[];
  readonly checkout: { readonly cart: string; readonly contents: string };
}

interface Order {
  readonly number: string;
  readonly count: number;
  readonly totals: readonly object[];
}

let stack: RedisStack;
let redis: Redis;
beforeAll(async () => {
  stack = await startStack({ DEMO_PANEL: 'false' });
  redis = new Redis(stack.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await stack.stop();
});

let joan: Browser;
let email: string;
let accounts = 0;
beforeEach(async () => {
  email = `joan-${++accounts}@example.com`;
  joan = newBrowser();
  await joan.signUp(stack.mailbox, { email, password: PASSWORD });
});

const newBrowser = () => new Browser(stack.url);
const sql = async <Row extends object>(text: string, ...values: unknown[]) =>
  ask<Row>(stack.postgres.url, text, ...values);

const fill = async (browser = joan) => {
  await browser.post('/cart/items', { product: 'tea', quantity: '2' });
  await browser.post('/cart/items', { product: 'cup' });
};
const cartOf = async (browser = joan) => browser.json<Cart>('/cart');
const press = async (browser = joan, form: Record<string, string> = {}) =>
  browser.post('/checkout', form);

/** Orders what is in the cart; resolves to the address of the order. */
async function order(browser = joan): Promise<string> {
  await fill(browser);
  const response = await press(browser, (await cartOf(browser)).checkout);
  expect(response.status).toBe(303);
  return response.headers.get('location') ?? '';
}

const numbersOf = async (browser: Browser, path = '/orders') => {
  const { orders } = await browser.json<{ orders: Order[] }>(path);
  return orders.map(({ number }) => number);
};

test('an order is what the cart showed; the cart is empty then, and the next page says so', async () => {
  const path = await order();
  expect(path).toMatch(/^\/orders\/[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  expect(await cartOf()).toMatchObject({ count: 0, totals: [] });
  const page = await (await joan.get(path)).text();
  expect(page).toContain('role="status">Your order is placed. Thank you!</p>');
  for (const text of ['Sencha', '£14.50 each', '£29.00', 'Tea cup', '£47.00']) {
    expect(page).toContain(text);
  }
  expect(await joan.json(path)).toEqual({
    number: path.replace('/orders/', ''),
    placed: { words: expect.any(String), iso: expect.stringMatching(/Z$/) },
    lines: [
      expect.objectContaining({ product: 'tea', name: 'Sencha', quantity: 2 }),
      expect.objectContaining({ product: 'cup', total: { minor: 1800, currency: 'GBP' } }),
    ],
    count: 3,
    totals: [{ minor: 4700, currency: 'GBP' }],
  });
});

describe('what the shop does to its products', () => {
  afterEach(async () => {
    await sql("UPDATE products SET price_minor = 1800, currency = 'GBP' WHERE slug = 'cup'");
  });

  test('changes no price that a cart has shown, and none of an order', async () => {
    await fill();
    await sql("UPDATE products SET price_minor = 9900 WHERE slug = 'cup'");
    const { checkout, totals } = await cartOf();
    const response = await press(joan, checkout);
    const placed = await joan.json<Order>(response.headers.get('location') ?? '');
    expect(placed.totals).toEqual(totals);
    expect(totals).toEqual([{ minor: 4700, currency: 'GBP' }]);
  });

  test('may bring two currencies into one cart: each has its total', async () => {
    await sql("UPDATE products SET currency = 'EUR' WHERE slug = 'cup'");
    const path = await order();
    const totals = [
      { minor: 2900, currency: 'GBP' },
      { minor: 1800, currency: 'EUR' },
    ];
    expect(await joan.json(path)).toMatchObject({ totals });
    expect(await (await joan.get('/orders')).text()).toContain('£29.00 + €18.00');
  });
});

test('a cart that has changed since it was seen is shown again, and nothing is ordered', async () => {
  await fill();
  const { checkout } = await cartOf();
  await joan.post('/cart/items', { product: 'kettle' });
  const refused = await press(joan, checkout);
  expect(refused.status).toBe(409);
  const page = await refused.text();
  expect(page).toContain('role="alert"');
  expect(page).toContain('Your cart has changed since you saw it, so nothing was ordered.');
  expect(page).toContain('Kettle');
  expect(await numbersOf(joan)).toEqual([]);

  const shown = (name: string) =>
    new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  const again = { cart: shown('cart'), contents: shown('contents') };
  expect((await press(joan, again)).status).toBe(303);
  expect(await numbersOf(joan)).toHaveLength(1);
});

test.each(['as it is', 'as it was'])(
  'of an empty cart there is no order, and that is said: %s',
  async (how) => {
    await fill();
    const { checkout } = await cartOf();
    for (const product of ['tea', 'cup']) {
      await joan.post(`/cart/items/${product}`, { quantity: '0' });
    }
    const response = await press(joan, how === 'as it is' ? {} : checkout);
    expect(response.status).toBe(409);
    expect(await response.text()).toContain('There is nothing in your cart to order.');
    expect(await numbersOf(joan)).toEqual([]);
  },
);

test('a program may order what is in the cart without a look at it, and has no say in the price', async () => {
  await fill();
  const placed = await press(joan, { total: '0' });
  const { totals } = await joan.json<Order>(placed.headers.get('location') ?? '');
  expect(totals).toEqual([{ minor: 4700, currency: 'GBP' }]);
});

test.each([
  { cart: '' },
  { cart: 'x' },
  { cart: '\0' },
  { contents: '{{7*7}}' },
  { cart: 'a'.repeat(60_000) },
])('a form that no cart has sent orders nothing: %#', async (form) => {
  await fill();
  expect((await press(joan, form as Record<string, string>)).status).toBe(422);
  expect(await cartOf()).toMatchObject({ count: 3 });
  expect(await numbersOf(joan)).toEqual([]);
});

test('a cart of an earlier version of the app, which had no id, is ordered once', async () => {
  await fill();
  const key = keyOf(joan);
  const record = JSON.parse((await redis.get(key))!) as { data: { cart: { id?: string } } };
  delete record.data.cart.id;
  await redis.set(key, JSON.stringify(record), 'KEEPTTL');
  const { checkout } = await cartOf();
  const paths = await Promise.all(
    Array.from({ length: 5 }, async () => (await press(joan, checkout)).headers.get('location')),
  );
  expect(new Set(paths)).toEqual(new Set([`/orders/${(await numbersOf(joan))[0]}`]));
  expect(await cartOf()).toMatchObject({ count: 0 });
});

test('orders are listed, the newest first, twenty at a time; and at the beginning there are none', async () => {
  expect(await (await joan.get('/orders')).text()).toContain('No orders yet');
  const numbers: string[] = [];
  for (let i = 0; i < 21; i++) numbers.unshift((await order()).replace('/orders/', ''));
  expect(await numbersOf(joan)).toEqual(numbers.slice(0, 20));
  const page = await (await joan.get('/orders')).text();
  const earlier = /href="(\/orders\?before=[^"]+)"/.exec(page)?.[1]?.replace('&#x3D;', '=') ?? '';
  expect(await numbersOf(joan, earlier)).toEqual(numbers.slice(20));
  expect(await (await joan.get(earlier)).text()).not.toContain('?before');
});

describe('whose an order is', () => {
  test('an order of somebody else is not there, nor in any list', async () => {
    const path = await order();
    const grace = newBrowser();
    await grace.logIn('grace@example.com');
    for (const accept of ['text/html', 'application/json']) {
      const foreign = await grace.get(path, { accept });
      const none = await grace.get('/orders/0000-0000-0000', { accept });
      expect([foreign.status, none.status]).toEqual([404, 404]);
      expect(await foreign.text()).toBe((await none.text()).replaceAll('0000-0000-0000', path));
    }
    const number = path.replace('/orders/', '');
    expect(await numbersOf(grace)).not.toContain(number);
    expect(await numbersOf(grace, `/orders?before=${number}`)).toEqual([]);
    expect((await joan.get(path)).status).toBe(200);
  });

  test('the cart of somebody else can’t be ordered, and does not lead to what they have ordered', async () => {
    await fill();
    const { checkout } = await cartOf();
    const grace = newBrowser();
    await grace.logIn('grace@example.com');
    await fill(grace);
    expect((await press(grace, checkout)).status).toBe(409);
    await press(joan, checkout);
    expect((await press(grace, checkout)).status).toBe(409);
    expect(await cartOf(grace)).toMatchObject({ count: 3 });
  });

  test.each([
    'x',
    '%00',
    '%ff',
    '0000-0000-000',
    '0000-0000-0000%0A',
    'oooo-oooo-oooo',
    "'--",
    '..%2fcart',
  ])('there is no order %s', async (number) => {
    const response = await joan.get(`/orders/${number}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('Nothing here');
  });

  test.each(['x', '%00', '0000-0000-0000', '&before=y'])(
    'orders before one that is none: %s',
    async (before) => {
      expect((await joan.get(`/orders?before=${before}`)).status).toBe(200);
    },
  );

  test('a visitor is asked to log in, and orders nothing', async () => {
    const visitor = newBrowser();
    await fill(visitor);
    for (const path of ['/orders', '/orders/0000-0000-0000']) {
      const { headers } = await visitor.get(path);
      expect(headers.get('location')).toBe(`/login?next=${encodeURIComponent(path)}`);
    }
    const before = await sql('SELECT number FROM orders');
    expect((await press(visitor)).headers.get('location')).toBe('/login');
    const program = await visitor.post('/checkout', {}, { accept: 'application/json' });
    expect(program.status).toBe(401);
    expect(await sql('SELECT number FROM orders')).toEqual(before);
  });

  test('when an account is deleted its orders stay, and are nobody’s', async () => {
    const number = (await order()).replace('/orders/', '');
    expect((await joan.post('/account/delete', {})).status).toBe(303);
    const rows = await sql(
      'SELECT user_id, product FROM orders JOIN order_lines ON number = order_number WHERE number = $1',
      number,
    );
    expect(rows).toEqual([
      { user_id: null, product: 'tea' },
      { user_id: null, product: 'cup' },
    ]);
    const again = newBrowser();
    await again.signUp(stack.mailbox, { email, password: PASSWORD });
    expect(await numbersOf(again)).toEqual([]);
    expect((await again.get(`/orders/${number}`)).status).toBe(404);
  });

  test('who has no account any more orders nothing, whatever their session says', async () => {
    await fill();
    await sql('DELETE FROM users WHERE email = $1', email);
    const response = await press();
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/login');
  });
});
