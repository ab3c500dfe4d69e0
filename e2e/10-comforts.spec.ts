import { PAGE } from '../test/counter/pages.js';
import { needCounter } from './needs.js';
import { chapter, expect, test } from './visitor.js';

chapter(
  'With JavaScript some things go without a whole new page: a number changes in its place, a password ' +
    'is judged while it is typed. Nothing needs it, and whatever goes wrong with it the browser does what ' +
    'it would by itself.',
);

test.describe('the counter of somebody who is logged in', () => {
  needCounter();
  test.beforeEach(async ({ visitor }) => {
    await visitor.beLoggedIn();
    await visitor.open(PAGE);
  });

  test('a number changes in its place, and who listens hears the count', async ({
    visitor,
    page,
  }) => {
    await page.evaluate("document.body.dataset.same = 'page'");
    const sent: (string | null)[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'POST') return;
      sent.push(new URLSearchParams(request.postData() ?? '').get('count'));
    });
    const count = page.getByLabel('Set it to');
    await count.fill('3');
    await count.press('Enter');
    await expect(page.getByRole('main')).toContainText('3 things counted');
    await expect(page.locator('[aria-live]')).toHaveText('3 things counted');
    await expect(count).toBeFocused();
    await visitor.press('Count one more');
    await expect(page.getByRole('main')).toContainText('4 things counted');
    await expect(page.locator('[aria-live]')).toHaveText('4 things counted');
    await expect(page.getByRole('button', { name: 'Count one more' })).toBeFocused();
    await expect(page.locator('body')).toHaveAttribute('data-same', 'page');
    expect(sent).toEqual(['3', null]);
  });

  test('what follows from it outside the form changes along', async ({ visitor, page }) => {
    const live = page.getByRole('complementary', { name: 'So far' });
    await expect(live).toHaveText('So far 0 things have been counted.');
    await visitor.press('Count one more');
    await expect(live).toHaveText('So far 1 thing has been counted.');
    await expect(page.getByRole('link', { name: /^Counter ?, 1 thing$/ })).toBeVisible();
  });

  test('who has gone on by keyboard before the answer comes keeps the place', async ({ page }) => {
    let answer = (): void => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/counter', async (route) => {
      await asked;
      await route.continue();
    });
    const add = page.getByRole('button', { name: 'Count one more' });
    await page.getByLabel('Set it to').fill('3');
    await add.focus();
    answer();
    await expect(page.getByRole('main')).toContainText('3 things counted');
    await expect(add).toBeFocused();
  });

  test('numbers that are set one after the other end as the last one', async ({
    page,
    visitor,
  }) => {
    const count = page.getByLabel('Set it to');
    await count.evaluate((field: { value: string; form: { requestSubmit(): void } }) => {
      for (let i = 2; i <= 9; i++) {
        field.value = `${i}`;
        field.form.requestSubmit();
      }
    });
    await expect(page.getByRole('main')).toContainText('9 things counted');
    expect(await visitor.counted()).toBe(9);
  });

  test('a change in a session that has ended leads to the login page', async ({
    visitor,
    page,
  }) => {
    await page.context().clearCookies();
    await visitor.press('Count one more');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Welcome back');
  });

  test('a change that does not reach the app is tried as without JavaScript', async ({
    visitor,
    page,
  }) => {
    await page.route('**/counter/add', async (route) =>
      route.request().isNavigationRequest() ? route.continue() : route.abort(),
    );
    await visitor.press('Count one more');
    await expect(page.getByRole('status')).toHaveText('One more is counted.');
    await expect(page.getByRole('main')).toContainText('1 thing counted');
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
