import { SettingsFile } from '../dev/settings-file.js';
import { type RedisStack, startStack } from '../dev/stack.js';
import { needServersOfItsOwn } from './needs.js';
import { anotherBrowser, chapter, expect, type Visitor, test } from './visitor.js';

chapter(
  'An outage is an outage, and no log-out. While a server hangs the page says so and leads back, what ' +
    'needs no server goes on, and the same cookie works when all is there again.',
);
needServersOfItsOwn();

let stack: RedisStack;
let visitor: Visitor;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await startStack({ BEHIND_THIS_PAGE: 'true' }, { settings: new SettingsFile() });
});
test.afterAll(async () => stack.stop());

test.beforeEach(async ({ browser }) => {
  ({ visitor } = await anotherBrowser(browser, { baseURL: stack.url }));
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
});
test.afterEach(async () => visitor.page.context().close());

test('while Redis hangs the cart can’t be shown, and afterwards it is what it was', async () => {
  const id = await visitor.sessionId();
  await stack.redis.freeze();
  await visitor.open('/cart');
  await expectOutage('You have not been logged out');
  stack.redis.thaw();
  await tryAgainUntil('Your cart');
  expect(await visitor.sessionId()).toBe(id);
  expect(await visitor.countInCart('Sencha')).toBe('1');
});

test('while Redis hangs the shelf is there for everybody', async () => {
  await stack.redis.freeze();
  await visitor.open('/');
  await expect(visitor.page.getByRole('heading', { name: 'On the shelf' })).toBeVisible();
  stack.redis.thaw();
});

test('what could not be added to the cart is said, and the page leads back to the shelf', async () => {
  await visitor.open('/');
  await stack.redis.freeze();
  const cup = visitor.page.getByRole('listitem').filter({ hasText: 'Tea cup' });
  await cup.getByRole('button', { name: /Add/ }).click();
  await expectOutage('nothing is lost');
  stack.redis.thaw();
  await visitor.follow('Back to where you were');
  await expect(visitor.page.getByRole('heading', { name: 'On the shelf' })).toBeVisible();
});

test('while PostgreSQL hangs nobody can log in, and who is logged in goes on', async ({
  browser,
}) => {
  const stranger = await anotherBrowser(browser, { baseURL: stack.url });
  await stranger.visitor.open('/login');
  await stack.postgres.freeze();
  await stranger.visitor.logIn();
  await expect(
    stranger.visitor.page.getByText('We can’t reach our database right now.', { exact: false }),
  ).toBeVisible();
  expect(await visitor.countInCart('Sencha')).toBe('1');
  stack.postgres.thaw();
  await expect(async () => {
    await stranger.visitor.open('/login');
    await stranger.visitor.logIn();
    await expect(stranger.visitor.page.getByRole('button', { name: 'Log out' })).toBeVisible();
  }).toPass();
  await stranger.context.close();
});

async function expectOutage(words: string): Promise<void> {
  await expect(visitor.page.getByRole('heading', { name: 'One moment, please' })).toBeVisible();
  await expect(visitor.page.getByText(words, { exact: false })).toBeVisible();
}

async function tryAgainUntil(heading: string): Promise<void> {
  await expect(async () => {
    await visitor.follow('Try again');
    await expect(visitor.page.getByRole('heading', { name: heading })).toBeVisible({ timeout: 1 });
  }).toPass();
}
