import { expectNoBarrier } from './barriers.js';
import { ADA, anotherBrowser, chapter, expect, type Shop, test } from './shop.js';

chapter(
  'A cart becomes an order: what was seen is what is ordered, once, and from then on it is in the ' +
    'database. You see what happens in two tabs, on two devices, to a stranger, and on paper.',
);

test.beforeEach(async ({ shop }) => {
  await shop.beLoggedIn();
});

/** Puts some of a product into the cart, on its page, which the shelf leads to. */
async function choose(shop: Shop, product: string, quantity = 1): Promise<void> {
  await shop.open();
  await shop.follow(product, { exact: true });
  await shop.page.getByLabel('Quantity').fill(String(quantity));
  await shop.press('Add to cart');
}

test('from the shelf to the order', async ({ shop, page }) => {
  await choose(shop, 'Sencha', 2);
  await expect(page.getByRole('status')).toHaveText('Added to your cart: Sencha.');
  await choose(shop, 'Tea cup');
  await shop.press('Place the order');
  await expect(page.getByRole('status')).toContainText('Your order is placed.');
  await expect(page.getByRole('row', { name: /Sencha/ })).toContainText('£29.00');
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('£47.00');
  await shop.open('/cart');
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();
});

test('what the shop has to say it says once', async ({ shop, page }) => {
  await shop.addToCart('Sencha');
  await expect(page.getByRole('status')).toHaveText('Added to your cart: Sencha.');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Your cart' })).toBeVisible();
  await expect(page.getByRole('status')).toHaveCount(0);
});

test('an order is there on every device, and on nobody else’s', async ({ shop, browser }) => {
  await choose(shop, 'Kettle');
  await shop.press('Place the order');
  const path = shop.path();
  const number = path.replace('/orders/', '');

  const phone = await anotherBrowser(browser);
  await phone.shop.open('/login');
  await phone.shop.logIn();
  await phone.shop.follow('Orders');
  await phone.shop.page.getByRole('link', { name: `See the order ${number}` }).click();
  await expect(phone.shop.page.getByText(number)).toBeVisible();
  await phone.context.close();

  const stranger = await anotherBrowser(browser);
  await stranger.shop.open(`/login?next=${path}`);
  await stranger.shop.logIn({ ...ADA, email: 'grace@example.com' });
  expect(stranger.shop.path()).toBe(path);
  await expect(stranger.shop.page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  await stranger.context.close();
});

test('after the log-out an order takes a login, which leads to it', async ({ shop, page }) => {
  await choose(shop, 'Sencha');
  await shop.press('Place the order');
  const path = shop.path();
  await shop.logOut();
  await shop.open(path);
  await shop.logIn();
  expect(shop.path()).toBe(path);
  await expect(page.getByRole('heading', { name: 'Your order' })).toBeVisible();
});

test('in a tab that is out of date nothing is ordered that was not seen there', async ({
  shop,
  page,
  context,
}) => {
  await choose(shop, 'Sencha');
  const other = await context.newPage();
  await other.goto('/products/kettle');
  await other.getByRole('button', { name: 'Add to cart' }).click();
  await shop.press('Place the order');
  await expect(page.getByRole('alert')).toContainText('Your cart has changed');
  await expect(page.getByRole('listitem').filter({ hasText: 'Kettle' })).toBeVisible();
  await shop.press('Place the order');
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('£66.50');
});

test('the button in two tabs makes one order', async ({ shop, page, context }) => {
  await choose(shop, 'Sencha');
  const other = await context.newPage();
  await other.goto('/cart');
  await shop.press('Place the order');
  await other.getByRole('button', { name: 'Place the order' }).click();
  await expect(other.getByRole('heading', { name: 'Your order' })).toBeVisible();
  expect(other.url()).toBe(page.url());
});

test('on paper an order is its number, its lines and its total', async ({ shop, page }) => {
  await choose(shop, 'Sencha');
  await shop.press('Place the order');
  await page.emulateMedia({ media: 'print' });
  for (const text of [shop.path().replace('/orders/', ''), 'Sencha', 'Total']) {
    await expect(page.getByRole('article').getByText(text, { exact: true })).toBeVisible();
  }
  await expect(page.getByRole('navigation')).toBeHidden();
  await expect(page.getByRole('status')).toBeHidden();
  await expect(page.getByRole('link', { name: 'All your orders' })).toBeHidden();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('all of it works just the same', async ({ shop, page }) => {
    await choose(shop, 'Sencha');
    await shop.press('Place the order');
    await expect(page.getByRole('row', { name: /Total/ })).toContainText('£14.50');
    await shop.follow('All your orders');
    await expect(page.getByRole('heading', { name: 'Your orders' })).toBeVisible();
  });
});

test('no page of it has a barrier', async ({ shop, page, context }) => {
  test.slow();
  await shop.open('/products/pot');
  await expectNoBarrier(page);
  await shop.press('Add to cart');
  await expectNoBarrier(page);
  const other = await context.newPage();
  await other.goto('/products/kettle');
  await other.getByRole('button', { name: 'Add to cart' }).click();
  await shop.press('Place the order');
  await expectNoBarrier(page);
  await shop.press('Place the order');
  await expectNoBarrier(page);
  await shop.open('/orders');
  await expectNoBarrier(page);
});
