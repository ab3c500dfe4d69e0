import { setTimeout as pause } from 'node:timers/promises';

import { descendants, signal } from '../../dev/process-tree.js';
import { type RedisStack, startStack } from '../../dev/stack.js';
import { soak } from '../soak.js';
import { Browser } from '../app/browser.js';
import { ask } from '../app/in-postgres.js';
import { holdOrders } from './orders-in-postgres.js';
import { type Answer, isBrokenConnection, Visitor } from '../app/visitor.js';

const AT_ONCE = 20;
const ROUNDS = soak(2, 100);

/** How many requests there are to a worker that is killed: it takes a moment until there is another. */
const KILL_EVERY = soak(40, 15);

interface Cart {
  readonly count: number;
  readonly checkout: { readonly cart: string; readonly contents: string };
}

let stack: RedisStack;
beforeAll(async () => {
  stack = await startStack({ LOG_LEVEL: 'error', DEMO_PANEL: 'false' });
});
afterAll(async () => stack.stop());

let ada: Browser;
beforeEach(async () => {
  ada = new Browser(stack.url);
  await ada.logIn();
  await ada.post('/cart/items', { product: 'tea', quantity: '2' });
});

const cartOf = async (browser = ada) => browser.json<Cart>('/cart');
const press = async (form: Record<string, string>) => ada.post('/checkout', form);

/** How many things a cart has been ordered with, one number an order. */
async function ordersOf({ cart }: Cart['checkout']): Promise<number[]> {
  const rows = await ask<{ count: string }>(
    stack.postgres.url,
    'SELECT sum(quantity) AS count FROM orders JOIN order_lines ON number = order_number WHERE cart_id = $1 GROUP BY number',
    cart,
  );
  return rows.map(({ count }) => Number(count));
}

const orderedInAll = async () => {
  const [row] = await ask<{ count: string }>(
    stack.postgres.url,
    'SELECT coalesce(sum(quantity), 0) AS count FROM order_lines',
  );
  return Number(row?.count);
};

const workers = () => descendants(stack.app.process.pid!);

function killAWorker(): void {
  const pids = workers();
  const pid = pids[Math.floor(Math.random() * pids.length)];
  if (pid !== undefined) signal(pid, 'SIGKILL');
}

function killAllWorkers(): void {
  for (const pid of workers()) signal(pid, 'SIGKILL');
}

/** The answer, or null when the worker is gone that it was asked of. */
async function unlessKilled(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (isBrokenConnection(String(error))) return null;
    throw error;
  }
}

async function answered(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await unlessKilled(send());
    if (answer) return answer;
  }
}

test('a button that is pressed again, and again later, leads to the same order', async () => {
  const { checkout } = await cartOf();
  const { headers } = await press(checkout);
  await ada.post('/cart/items', { product: 'cup' });
  for (let i = 0; i < 3; i++) {
    expect((await press(checkout)).headers.get('location')).toBe(headers.get('location'));
  }
  expect(await ordersOf(checkout)).toEqual([2]);
  expect(await cartOf()).toMatchObject({ count: 1 });
});

test(`pressed ${AT_ONCE} times at once in two tabs, and a worker is killed at any moment: one order, ${ROUNDS} times`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const buyer = await Visitor.signedIn(stack.url);
    await buyer.post('/cart/items', { product: 'tea', quantity: '2' });
    const { body } = await buyer.get('/cart', 'application/json');
    const { checkout } = JSON.parse(body) as Cart;
    const tabs = Array.from({ length: AT_ONCE }, () => buyer.twin());
    const presses = tabs.map(async (tab) => unlessKilled(tab.post('/checkout', checkout)));
    await pause(Math.random() * 150);
    killAWorker();
    const answers = await Promise.all(presses);
    const last = await answered(async () => buyer.post('/checkout', checkout));

    expect(await ordersOf(checkout)).toEqual([2]);
    expect(last.location).toMatch(/^\/orders\/./);
    for (const answer of answers) expect([undefined, last.location]).toContain(answer?.location);
    expect(await answered(async () => buyer.get(last.location))).toMatchObject({ status: 200 });
    expect(await buyer.count('/cart')).toBe(0);
    for (const tab of [buyer, ...tabs]) tab.leave();
  }
});

test('things are added and ordered in many tabs while workers are killed: each is ordered once, or in the cart', async () => {
  const before = await orderedInAll();
  const buyer = await Visitor.signedIn(stack.url);
  const adds = soak(60, 1_500);
  let [begun, acknowledged, orders] = [0, 0, 0];
  const asked = async (answer: Promise<Answer>): Promise<Answer | null> => {
    // So that the next one is on its way to somebody who dies.
    if (Math.random() < 1 / KILL_EVERY) killAWorker();
    return unlessKilled(answer);
  };
  const isOpen = (): boolean => begun < adds;
  const add = async (tab: Visitor): Promise<void> => {
    while (isOpen()) {
      begun++;
      const answer = await asked(tab.post('/cart/items', { product: 'tea' }));
      if (answer?.status === 303) acknowledged++;
    }
  };
  const order = async (tab: Visitor): Promise<void> => {
    while (isOpen()) {
      const cart = await unlessKilled(tab.get('/cart', 'application/json'));
      if (!cart) continue;
      const { count, checkout } = JSON.parse(cart.body) as Cart;
      if (count === 0) continue;
      const answer = await asked(tab.post('/checkout', checkout));
      if (answer?.status === 303) orders++;
      expect([303, 409, undefined]).toContain(answer?.status);
    }
  };
  const tabs = Array.from({ length: 6 }, () => buyer.twin());
  await Promise.all(tabs.map(async (tab, i) => (i % 2 === 0 ? add(tab) : order(tab))));

  // What an order that nobody was told of has left in the cart is taken out when the orders are seen.
  await answered(async () => buyer.get('/orders'));
  const { body } = await answered(async () => buyer.get('/cart', 'application/json'));
  const found = (await orderedInAll()) - before + (JSON.parse(body) as Cart).count;
  expect(orders).toBeGreaterThan(0);
  expect(found).toBeGreaterThanOrEqual(acknowledged);
  expect(found).toBeLessThanOrEqual(adds);
  for (const tab of [buyer, ...tabs]) tab.leave();
});

test('killed while the order is written, a worker leaves no part of it, and the cart as it was', async () => {
  const { checkout } = await cartOf();
  const hold = await holdOrders(stack.postgres.url);
  const pressed = press(checkout).catch(() => null);
  await hold.reached();
  killAllWorkers();
  expect(await pressed).toBeNull();
  await hold.release();
  expect(await cartOf()).toMatchObject({ count: 2, checkout });
  expect(await ordersOf(checkout)).toEqual([]);
  expect((await press(checkout)).status).toBe(303);
  expect(await ordersOf(checkout)).toEqual([2]);
});

describe('killed when the order is written and the cart not yet emptied', () => {
  let checkout: Cart['checkout'];
  beforeEach(async () => {
    ({ checkout } = await cartOf());
    const hold = await holdOrders(stack.postgres.url);
    const pressed = press(checkout).catch(() => null);
    await hold.reached();
    // What a worker sends before it dies would be done after its death.
    await withoutRedis(['eval', 'evalsha'], async () => {
      await stack.redis.freeze();
      await hold.release();
      while ((await ordersOf(checkout)).length === 0);
      killAllWorkers();
      await pressed;
      stack.redis.thaw();
      // It has looked into all connections once it answers on a new one.
      await stack.redis.call('PING');
    });
    // So it is told apart from an order that went well.
    expect(await cartOf()).toMatchObject({ count: 2, checkout });
  });
  afterEach(async () => expect(await ordersOf(checkout)).toEqual([2]));

  test('whoever presses again is led to the order, and the cart is empty', async () => {
    const { headers } = await press(checkout);
    expect(await cartOf()).toMatchObject({ count: 0 });
    const page = await (await ada.get(headers.get('location') ?? '')).text();
    expect(page).toContain('Your order is placed.');
  });

  test('whoever looks at their orders sees it, is told, and has an empty cart', async () => {
    const page = await (await ada.get('/orders')).text();
    expect(page).toContain('Your order is placed.');
    expect(await cartOf()).toMatchObject({ count: 0 });
  });

  test('what is put into the cart afterwards is not ordered with it, nor lost', async () => {
    await ada.post('/cart/items', { product: 'tea' });
    await ada.post('/cart/items', { product: 'cup' });
    const changed = await cartOf();
    const { headers } = await press(changed.checkout);
    const page = await (await ada.get(headers.get('location') ?? '')).text();
    expect(page).toContain('What came into your cart meanwhile is still there.');
    const rest = await cartOf();
    expect(rest).toMatchObject({
      lines: [
        { product: 'tea', quantity: 1 },
        { product: 'cup', quantity: 1 },
      ],
    });
    expect((await press(rest.checkout)).status).toBe(303);
    expect(await ordersOf(rest.checkout)).toEqual([2]);
  });

  test('whoever empties the cart by hand and fills it anew has still one order', async () => {
    await ada.post('/cart/items/tea', { quantity: '0' });
    await ada.post('/cart/items', { product: 'tea', quantity: '2' });
    const before = await orderedInAll();
    expect((await press((await cartOf()).checkout)).status).toBe(303);
    expect(await orderedInAll()).toBe(before);
    expect(await cartOf()).toMatchObject({ count: 0 });
  });

  test('somebody else who logs in over it sees nothing of the order, nor of the cart', async () => {
    await ada.logIn('grace@example.com');
    expect(await ada.json('/orders')).not.toMatchObject({ orders: [{ count: 2 }] });
    expect(await cartOf()).toMatchObject({ count: 0 });
    expect((await press(checkout)).status).toBe(409);
    expect(await ordersOf(checkout)).toEqual([2]);
  });
});

test('what another tab adds while the order is written stays in the cart', async () => {
  const { checkout } = await cartOf();
  const hold = await holdOrders(stack.postgres.url);
  const pressed = press(checkout);
  await hold.reached();
  await ada.post('/cart/items', { product: 'tea' });
  await ada.post('/cart/items', { product: 'cup' });
  await hold.release();
  expect((await pressed).status).toBe(303);
  expect(await ordersOf(checkout)).toEqual([2]);
  const rest = await cartOf();
  expect(rest.count).toBe(2);
  expect(rest.checkout.cart).not.toBe(checkout.cart);
});

describe('an outage answers 503, and nothing is lost', () => {
  afterEach(async () => {
    const { checkout } = await cartOf();
    // The button works as it did.
    expect(await afterOutage(async () => press(checkout))).toBe(303);
    expect(await ordersOf(checkout)).toEqual([2]);
    expect(await cartOf()).toMatchObject({ count: 0 });
  });

  test('of Redis, before the order', async () => {
    const { checkout } = await cartOf();
    const { status } = await withoutRedis(['getex'], async () => press(checkout));
    expect(status).toBe(503);
    expect(await ordersOf(checkout)).toEqual([]);
  });

  test('of Redis, between the order and the cart', async () => {
    const { checkout } = await cartOf();
    const { status } = await withoutRedis(['eval', 'evalsha'], async () => press(checkout));
    expect(status).toBe(503);
    expect(await ordersOf(checkout)).toEqual([2]);
    expect(await cartOf()).toMatchObject({ count: 2, checkout });
  });

  test('of PostgreSQL, before the order', async () => {
    const { checkout } = await cartOf();
    await stack.postgres.stop();
    const { status } = await press(checkout);
    const cart = await cartOf();
    await stack.postgres.start();
    expect([status, cart]).toMatchObject([503, { count: 2, checkout }]);
  });

  test('of PostgreSQL, in the middle of the order', async () => {
    const { checkout } = await cartOf();
    const hold = await holdOrders(stack.postgres.url);
    const pressed = press(checkout);
    for (const pid of await hold.reached()) {
      await ask(stack.postgres.url, 'SELECT pg_terminate_backend($1)', pid);
    }
    expect((await pressed).status).toBe(503);
    await hold.release();
    expect(await ordersOf(checkout)).toEqual([]);
    expect(await cartOf()).toMatchObject({ count: 2, checkout });
  });

  test('of PostgreSQL, when orders are looked at', async () => {
    await stack.postgres.stop();
    const answers = [await ada.get('/orders'), await ada.get('/orders/0000-0000-0000')];
    await stack.postgres.start();
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
  });
});

/** Has Redis refuse some commands meanwhile. */
async function withoutRedis<T>(commands: readonly string[], act: () => Promise<T>): Promise<T> {
  const acl = async (sign: string) =>
    stack.redis.call('ACL', 'SETUSER', 'default', ...commands.map((name) => sign + name));
  await acl('-');
  try {
    return await act();
  } finally {
    await acl('+');
  }
}

/** The first status that is none of an outage; the test's own timeout is the limit. */
async function afterOutage(send: () => Promise<Response>): Promise<number> {
  for (;;) {
    const { status } = await send();
    if (status !== 503) return status;
  }
}
