import { type RedisStack, startStack } from '../dev/stack.js';
import { needServersOfItsOwn } from './needs.js';
import { anotherBrowser, chapter, expect, type Shop, test } from './shop.js';

chapter(
  'An outage is an outage, and no log-out. While a server hangs the page says so and leads back, what ' +
    'needs no server goes on, and the same cookie works when all is there again.',
);
needServersOfItsOwn();

let stack: RedisStack;
let shop: Shop;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await startStack();
});
test.afterAll(async () => stack.stop());

test.beforeEach(async ({ browser }) => {
  ({ shop } = await anotherBrowser(browser, { baseURL: stack.url }));
  await shop.beLoggedIn();
  await shop.addToCart('Sencha');
});
test.afterEach(async () => shop.page.context().close());

test('while Redis hangs the cart can’t be shown, and afterwards it is what it was', async () => {
  const id = await shop.sessionId();
  await stack.redis.freeze();
  await shop.open('/cart');
  await expectOutage('You have not been logged out');
  stack.redis.thaw();
  await tryAgainUntil('Your cart');
  expect(await shop.sessionId()).toBe(id);
  expect(await shop.countInCart('Sencha')).toBe('1');
});

test('while Redis hangs the shelf is there for everybody', async () => {
  await stack.redis.freeze();
  await shop.open('/');
  await expect(shop.page.getByRole('heading', { name: 'On the shelf' })).toBeVisible();
  stack.redis.thaw();
});

test('what could not be added to the cart is said, and the page leads back to the shelf', async () => {
  await shop.open('/');
  await stack.redis.freeze();
  const cup = shop.page.getByRole('listitem').filter({ hasText: 'Tea cup' });
  await cup.getByRole('button', { name: /Add/ }).click();
  await expectOutage('nothing is lost');
  stack.redis.thaw();
  await shop.follow('Back to where you were');
  await expect(shop.page.getByRole('heading', { name: 'On the shelf' })).toBeVisible();
});

test('while PostgreSQL hangs nobody can log in, and who is logged in goes on', async ({
  browser,
}) => {
  const stranger = await anotherBrowser(browser, { baseURL: stack.url });
  await stranger.shop.open('/login');
  await stack.postgres.freeze();
  await stranger.shop.logIn();
  await expect(
    stranger.shop.page.getByText('We can’t reach our database right now.', { exact: false }),
  ).toBeVisible();
  expect(await shop.countInCart('Sencha')).toBe('1');
  stack.postgres.thaw();
  await expect(async () => {
    await stranger.shop.open('/login');
    await stranger.shop.logIn();
    await expect(stranger.shop.page.getByRole('button', { name: 'Log out' })).toBeVisible();
  }).toPass();
  await stranger.context.close();
});

async function expectOutage(words: string): Promise<void> {
  await expect(shop.page.getByRole('heading', { name: 'One moment, please' })).toBeVisible();
  await expect(shop.page.getByText(words, { exact: false })).toBeVisible();
}

async function tryAgainUntil(heading: string): Promise<void> {
  await expect(async () => {
    await shop.follow('Try again');
    await expect(shop.page.getByRole('heading', { name: heading })).toBeVisible({ timeout: 1 });
  }).toPass();
}
