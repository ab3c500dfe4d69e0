import { chapter, expect, test } from './visitor.js';

chapter(
  'With JavaScript some things go without a whole new page: a quantity changes in its place, a password ' +
    'is judged while it is typed. Nothing needs it, and whatever goes wrong with it the browser does what ' +
    'it would by itself.',
);

test.describe('the cart of somebody who is logged in', () => {
  test.beforeEach(async ({ visitor }) => {
    await visitor.beLoggedIn();
    await visitor.addToCart('Sencha');
  });

  test('a quantity changes in its place, and who listens hears the total', async ({
    visitor,
    page,
  }) => {
    await page.evaluate("document.body.dataset.same = 'page'");
    const sent: string[] = [];
    page.on('request', (request) => {
      const fields = new URLSearchParams(request.postData() ?? '');
      if (request.method() === 'POST') sent.push(fields.get('quantity') ?? '');
    });
    const quantity = page.getByLabel('Quantity of Sencha');
    await quantity.fill('3');
    await quantity.press('Enter');
    await expect(page.getByRole('main')).toContainText('£43.50');
    await expect(page.locator('[aria-live]')).toHaveText(/Total £43.50/);
    await expect(quantity).toBeFocused();
    await visitor.press('Remove Sencha');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your cart is empty');
    await expect(page.locator('body')).toHaveAttribute('data-same', 'page');
    expect(sent).toEqual(['3', '0']);
  });

  test('who has gone on by keyboard before the answer comes keeps the place', async ({ page }) => {
    let answer = (): void => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/cart/items/*', async (route) => {
      await asked;
      await route.continue();
    });
    const remove = page.getByRole('button', { name: 'Remove Sencha' });
    await page.getByLabel('Quantity of Sencha').fill('3');
    await remove.focus();
    answer();
    await expect(page.getByRole('main')).toContainText('£43.50');
    await expect(remove).toBeFocused();
  });

  test('quantities that are changed one after the other end as the last one', async ({
    page,
    visitor,
  }) => {
    const quantity = page.getByLabel('Quantity of Sencha');
    await quantity.evaluate((field: { value: string; form: { requestSubmit(): void } }) => {
      for (let i = 2; i <= 9; i++) {
        field.value = `${i}`;
        field.form.requestSubmit();
      }
    });
    await expect(page.getByRole('main')).toContainText('£130.50');
    await visitor.open('/cart');
    await expect(quantity).toHaveValue('9');
  });

  test('a change in a session that has ended leads to the login page', async ({
    visitor,
    page,
  }) => {
    await page.context().clearCookies();
    await visitor.press('Remove Sencha');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Welcome back');
  });

  test('a change that does not reach the shop is tried as without JavaScript', async ({
    visitor,
    page,
  }) => {
    await page.route('**/cart/items/*', async (route) =>
      route.request().isNavigationRequest() ? route.continue() : route.abort(),
    );
    await visitor.press('Remove Sencha');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your cart is empty');
  });
});

test('a password is judged while it is typed', async ({ visitor, page }) => {
  await visitor.open('/signup');
  const email = `judged-${Date.now()}@example.com`;
  await visitor.sendLinkTo(email);
  await visitor.followLink(email, 'Make your account');
  const password = page.getByLabel('Password');
  const verdict = page.locator('output[for=password]');
  await password.fill('passwordpassword');
  await expect(verdict).toContainText('Not good enough. This is a common password');
  await password.fill('umbrella harvest violin');
  await expect(verdict).toContainText(/^Very good/);
  await password.fill('');
  await expect(verdict).toHaveText('');
});
