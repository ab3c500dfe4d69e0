import { expectNoBarrier } from '../barriers.js';
import { chapter, expect, GRACE, type Shopper, test } from './shopper.js';

chapter(
  'A cart becomes an order: what was seen is what is ordered, once, and from then on it is in the ' +
    'database. You see what happens in two tabs, on two devices, to a stranger, and on paper.',
);

test.beforeEach(async ({ visitor }) => {
  await visitor.beLoggedIn();
});

/** Puts some of a product into the cart, on its page, which the shelf leads to. */
async function choose(visitor: Shopper, product: string, quantity = 1): Promise<void> {
  await visitor.open();
  await visitor.follow(product, { exact: true });
  await visitor.page.getByLabel('Quantity').fill(String(quantity));
  await visitor.press('Add to cart');
}

test('from the shelf to the order', async ({ visitor, page }) => {
  await choose(visitor, 'Sencha', 2);
  await expect(page.getByRole('status')).toHaveText('Added to your cart: Sencha.');
  await choose(visitor, 'Tea cup');
  await visitor.press('Place the order');
  await expect(page.getByRole('status')).toContainText('Your order is placed.');
  await expect(page.getByRole('row', { name: /Sencha/ })).toContainText('£29.00');
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('£47.00');
  await visitor.open('/cart');
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();
});

test('what the shop has to say it says once', async ({ visitor, page }) => {
  await visitor.addToCart('Sencha');
  await expect(page.getByRole('status')).toHaveText('Added to your cart: Sencha.');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Your cart' })).toBeVisible();
  await expect(page.getByRole('status')).toHaveCount(0);
});

test('an order is there on every device, and on nobody else’s', async ({
  visitor,
  anotherBrowser,
}) => {
  await visitor.addToCart('Kettle');
  await visitor.press('Place the order');
  const path = visitor.path();
  const number = path.replace('/orders/', '');

  const phone = await anotherBrowser();
  await phone.open('/login');
  await phone.logIn();
  await phone.follow('Orders');
  await phone.page.getByRole('link', { name: `See the order ${number}` }).click();
  await expect(phone.page.getByText(number)).toBeVisible();

  const stranger = await anotherBrowser();
  await stranger.open(`/login?next=${path}`);
  await stranger.logIn(GRACE);
  expect(stranger.path()).toBe(path);
  await expect(stranger.page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
});

test('after the log-out an order takes a login, which leads to it', async ({ visitor, page }) => {
  await visitor.addToCart('Sencha');
  await visitor.press('Place the order');
  const path = visitor.path();
  await visitor.logOut();
  await visitor.open(path);
  await visitor.logIn();
  expect(visitor.path()).toBe(path);
  await expect(page.getByRole('heading', { name: 'Your order' })).toBeVisible();
});

test('in a tab that is out of date nothing is ordered that was not seen there', async ({
  visitor,
  page,
  context,
}) => {
  await visitor.addToCart('Sencha');
  const other = await context.newPage();
  await other.goto('/products/kettle');
  await other.getByRole('button', { name: 'Add to cart' }).click();
  await visitor.press('Place the order');
  await expect(page.getByRole('alert')).toContainText('Your cart has changed');
  await expect(page.getByRole('listitem').filter({ hasText: 'Kettle' })).toBeVisible();
  await visitor.press('Place the order');
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('£66.50');
});

test('the button in two tabs makes one order', async ({ visitor, page, context }) => {
  await visitor.addToCart('Sencha');
  const other = await context.newPage();
  await other.goto('/cart');
  await visitor.press('Place the order');
  await other.getByRole('button', { name: 'Place the order' }).click();
  await expect(other.getByRole('heading', { name: 'Your order' })).toBeVisible();
  expect(other.url()).toBe(page.url());
});

test('on paper an order is its number, its lines and its total', async ({ visitor, page }) => {
  await visitor.addToCart('Sencha');
  await visitor.press('Place the order');
  await page.emulateMedia({ media: 'print' });
  for (const text of [visitor.path().replace('/orders/', ''), 'Sencha', 'Total']) {
    await expect(page.getByRole('article').getByText(text, { exact: true })).toBeVisible();
  }
  await expect(page.getByRole('navigation')).toBeHidden();
  await expect(page.getByRole('status')).toBeHidden();
  await expect(page.getByRole('link', { name: 'All your orders' })).toBeHidden();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('all of it works just the same', async ({ visitor, page }) => {
    await choose(visitor, 'Sencha');
    await visitor.press('Place the order');
    await expect(page.getByRole('row', { name: /Total/ })).toContainText('£14.50');
    await visitor.follow('All your orders');
    await expect(page.getByRole('heading', { name: 'Your orders' })).toBeVisible();
  });
});

test('no page of it has a barrier', async ({ visitor, page, context }) => {
  test.slow();
  await visitor.open('/products/pot');
  await expectNoBarrier(page);
  await visitor.press('Add to cart');
  await expectNoBarrier(page);
  const other = await context.newPage();
  await other.goto('/products/kettle');
  await other.getByRole('button', { name: 'Add to cart' }).click();
  await visitor.press('Place the order');
  await expectNoBarrier(page);
  await visitor.press('Place the order');
  await expectNoBarrier(page);
  await visitor.open('/orders');
  await expectNoBarrier(page);
});
