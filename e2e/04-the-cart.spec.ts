import { chapter, expect, type Visitor, test } from './visitor.js';

chapter(
  'The cart lives in the session: before the login, through it, and after. A guest’s cart is the user’s ' +
    'once they are logged in.',
);

test('what a guest put into the cart is still there after the login', async ({ visitor, page }) => {
  await visitor.addToCart('Sencha');
  expect(visitor.path()).toBe('/login?next=%2Fcart');
  await visitor.logIn();
  await expect(page.getByRole('main')).toContainText('Sencha');
});

test('quantities can be changed, lines removed, and the total follows', async ({
  visitor,
  page,
}) => {
  await takeThreeAndOne(visitor);
  for (const name of ['Sencha', 'Tea cup']) {
    const line = page.getByRole('listitem').filter({ hasText: name });
    await line.getByRole('button', { name: /Remove/ }).click();
  }
  await expect(page.getByRole('main')).toContainText(/empty/i);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('all of it works just the same', async ({ visitor, page }) => {
    await visitor.addToCart('Sencha');
    await visitor.logIn();
    await expect(page.getByRole('main')).toContainText('Sencha');
    await visitor.logOut();
    await expect(page.getByRole('link', { name: 'Log in' })).toBeVisible();
  });

  test('I fill my cart, change a quantity and remove a line', async ({ visitor, page }) => {
    await takeThreeAndOne(visitor);
    await visitor.press('Remove Tea cup');
    await expect(page.getByRole('main')).toContainText('£43.50');
  });
});

/** Three packets of Sencha, the third chosen in the cart, and a cup. */
async function takeThreeAndOne(visitor: Visitor): Promise<void> {
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
  await visitor.addToCart('Tea cup');
  const sencha = visitor.page.getByRole('listitem').filter({ hasText: 'Sencha' });
  await sencha.getByLabel(/Quantity/).fill('3');
  await sencha.getByRole('button', { name: /Update/ }).click();
  await expect(visitor.page.getByRole('main')).toContainText('£61.50');
}
