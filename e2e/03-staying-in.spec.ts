import { needRedis } from './needs.js';
import { anotherBrowser, chapter, expect, test as base } from './shop.js';
import { Store } from './store.js';

chapter(
  'What the browser holds is an id. All else is in the store, under the hash of that id, for as long as ' +
    'it is used. When it is gone from there the next click asks to log in, and nothing else does.',
);

const test = base.extend<{ store: Store }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the parameter's pattern
  store: async ({}, use) => {
    needRedis();
    const store = new Store();
    await use(store);
    store.close();
  },
});

test.beforeEach(async ({ shop }) => {
  await shop.beLoggedIn();
  await shop.open('/cart');
});

test('the store keeps the session under the hash of the id, for 24 hours after each request', async ({
  shop,
  store,
}) => {
  const id = await shop.sessionId();
  const keys = await store.keys();
  expect(keys).toContain(store.keyOf(id));
  expect(keys.filter((key) => key.includes(id ?? ''))).toEqual([]);

  await store.expireIn(id, 600);
  await shop.open('/cart');
  expect(await store.ttlOf(id)).toBeGreaterThan(86_390);
});

test('when the session is gone from the store, the next click asks to log in, and goes on from there', async ({
  shop,
  store,
}) => {
  await store.delete(await shop.sessionId());
  await shop.open('/cart');
  expect(shop.path()).toBe('/login?next=%2Fcart');
  expect(await shop.sessionId()).toBeUndefined();
  await shop.logIn();
  expect(shop.path()).toBe('/cart');
});

test('two browsers are two sessions: logging out of one leaves the other in', async ({
  shop,
  browser,
}) => {
  const other = await anotherBrowser(browser);
  await other.shop.open('/login');
  await other.shop.logIn();
  await shop.logOut();
  await other.shop.open('/cart');
  expect(other.shop.path()).toBe('/cart');
  await other.context.close();
});

test('the Back button shows no private page after the log-out', async ({ shop, page }) => {
  await expect(page.getByRole('heading', { name: 'Your cart' })).toBeVisible();
  await shop.logOut();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Your cart' })).toBeHidden();
  expect(shop.path()).toBe('/login?next=%2Fcart');
});
