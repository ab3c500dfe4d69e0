import { chapter, expect, type Shop, test } from './shop.js';

chapter(
  'The cart lives in the session: before the login, through it, and after. A guest’s cart is the user’s ' +
    'once they are logged in.',
);

test('what a guest put into the cart is still there after the login', async ({ shop, page }) => {
  await shop.addToCart('Sencha');
  expect(shop.path()).toBe('/login?next=%2Fcart');
  await shop.logIn();
  await expect(page.getByRole('main')).toContainText('Sencha');
});

test('quantities can be changed, lines removed, and the total follows', async ({ shop, page }) => {
  await takeThreeAndOne(shop);
  for (const name of ['Sencha', 'Tea cup']) {
    const line = page.getByRole('listitem').filter({ hasText: name });
    await line.getByRole('button', { name: /Remove/ }).click();
  }
  await expect(page.getByRole('main')).toContainText(/empty/i);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('all of it works just the same', async ({ shop, page }) => {
    await shop.addToCart('Sencha');
    await shop.logIn();
    await expect(page.getByRole('main')).toContainText('Sencha');
    await shop.logOut();
    await expect(page.getByRole('link', { name: 'Log in' })).toBeVisible();
  });

  test('I fill my cart, change a quantity and remove a line', async ({ shop, page }) => {
    await takeThreeAndOne(shop);
    await shop.press('Remove Tea cup');
    await expect(page.getByRole('main')).toContainText('£43.50');
  });
});

/** Three packets of Sencha, the third chosen in the cart, and a cup. */
async function takeThreeAndOne(shop: Shop): Promise<void> {
  await shop.beLoggedIn();
  await shop.addToCart('Sencha');
  await shop.addToCart('Tea cup');
  const sencha = shop.page.getByRole('listitem').filter({ hasText: 'Sencha' });
  await sencha.getByLabel(/Quantity/).fill('3');
  await sencha.getByRole('button', { name: /Update/ }).click();
  await expect(shop.page.getByRole('main')).toContainText('£61.50');
}
