import { chapter, expect, type Shopper, test } from './shopper.js';

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

test.describe('in its place', () => {
  test.beforeEach(async ({ visitor }) => {
    await visitor.beLoggedIn();
    await visitor.addToCart('Sencha');
  });

  test('a quantity changes without a new page, and who listens hears the total', async ({
    visitor,
    page,
  }) => {
    await page.evaluate("document.body.dataset.same = 'page'");
    const quantity = page.getByLabel('Quantity of Sencha');
    await quantity.fill('3');
    await quantity.press('Enter');
    await expect(page.getByRole('main')).toContainText('£43.50');
    await expect(page.locator('[aria-live]')).toHaveText(/Total £43.50/);
    await expect(page.getByRole('link', { name: /^Cart ?, 3 items$/ })).toBeVisible();
    await expect(quantity).toBeFocused();
    await visitor.press('Remove Sencha');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your cart is empty');
    await expect(page.locator('body')).toHaveAttribute('data-same', 'page');
  });

  test('a change in a session that has ended leads to the login page', async ({
    visitor,
    page,
  }) => {
    await page.context().clearCookies();
    await visitor.press('Remove Sencha');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Welcome back');
  });
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
async function takeThreeAndOne(visitor: Shopper): Promise<void> {
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
  await visitor.addToCart('Tea cup');
  const sencha = visitor.page.getByRole('listitem').filter({ hasText: 'Sencha' });
  await sencha.getByLabel(/Quantity/).fill('3');
  await sencha.getByRole('button', { name: /Update/ }).click();
  await expect(visitor.page.getByRole('main')).toContainText('£61.50');
}
