import { expectNoBarrier, LOOKS } from './barriers.js';
import { ADA, anotherBrowser, expect, type Shop, test } from './shop.js';

// A cart becomes an order: what was seen is what is ordered, once, and from then on it is in the database.

test.beforeEach(async ({ shop }) => {
  await shop.open('/login');
  await shop.logIn();
});

/** Puts some of a product into the cart, on its page, which the shelf leads to. */
async function choose(shop: Shop, product: string, quantity = 1): Promise<void> {
  await shop.open();
  await shop.page.getByRole('link', { name: product, exact: true }).click();
  await shop.page.getByLabel('Quantity').fill(String(quantity));
  await shop.page.getByRole('button', { name: 'Add to cart' }).click();
}

const orderButton = (shop: Shop) => shop.page.getByRole('button', { name: 'Place the order' });

test('from the shelf to the order', async ({ shop, page }) => {
  await choose(shop, 'Sencha', 2);
  await expect(page.getByRole('status')).toHaveText('Added to your cart: Sencha.');
  await choose(shop, 'Tea cup');
  await orderButton(shop).click();
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
  await orderButton(shop).click();
  const path = shop.path();
  const number = path.replace('/orders/', '');

  const phone = await anotherBrowser(browser);
  await phone.shop.open('/login');
  await phone.shop.logIn();
  await phone.shop.page.getByRole('link', { name: 'Orders' }).click();
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
  await orderButton(shop).click();
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
  await orderButton(shop).click();
  await expect(page.getByRole('alert')).toContainText('Your cart has changed');
  await expect(page.getByRole('listitem').filter({ hasText: 'Kettle' })).toBeVisible();
  await orderButton(shop).click();
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('£66.50');
});

test('the button in two tabs makes one order', async ({ shop, page, context }) => {
  await choose(shop, 'Sencha');
  const other = await context.newPage();
  await other.goto('/cart');
  await orderButton(shop).click();
  await other.getByRole('button', { name: 'Place the order' }).click();
  await expect(other.getByRole('heading', { name: 'Your order' })).toBeVisible();
  expect(other.url()).toBe(page.url());
});

test('on paper an order is its number, its lines and its total', async ({ shop, page }) => {
  await choose(shop, 'Sencha');
  await orderButton(shop).click();
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
    await orderButton(shop).click();
    await expect(page.getByRole('row', { name: /Total/ })).toContainText('£14.50');
    await page.getByRole('link', { name: 'All your orders' }).click();
    await expect(page.getByRole('heading', { name: 'Your orders' })).toBeVisible();
  });
});

for (const { colorScheme, width } of LOOKS) {
  test.describe(`${colorScheme}, ${width} pixels wide`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });

    test('no page of it has a barrier', async ({ shop, page, context }) => {
      await shop.open('/products/pot');
      await expectNoBarrier(page);
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await expectNoBarrier(page);
      const other = await context.newPage();
      await other.goto('/products/kettle');
      await other.getByRole('button', { name: 'Add to cart' }).click();
      await orderButton(shop).click();
      await expectNoBarrier(page);
      await orderButton(shop).click();
      await expectNoBarrier(page);
      await shop.open('/orders');
      await expectNoBarrier(page);
    });
  });
}
