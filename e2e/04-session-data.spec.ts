import { needCounter } from './needs.js';
import { chapter, expect, test } from './visitor.js';

chapter(
  'What an app keeps for somebody lives in the session: before the login, through it, and after. Here it ' +
    'is a number. What a guest has counted is the user’s once they are logged in.',
);
needCounter();

test('what a guest has counted is still there after the login', async ({ visitor, page }) => {
  await visitor.countOneMore();
  expect(visitor.path()).toBe('/login?next=%2Fcounter');
  await expect(page.getByRole('link', { name: /^Counter ?, 1 thing$/ })).toBeVisible();
  await visitor.logIn();
  await expect(page.getByRole('main')).toContainText('1 thing counted');
});

test('the navigation of every page shows how many there are', async ({ visitor, page }) => {
  await visitor.beLoggedIn();
  await visitor.countOneMore();
  await visitor.countOneMore();
  for (const path of ['/', '/account', '/nothing-here']) {
    await visitor.open(path);
    await expect(page.getByRole('link', { name: /^Counter ?, 2 things$/ })).toBeVisible();
  }
});

test('what the app has to say it says once', async ({ visitor, page }) => {
  await visitor.beLoggedIn();
  await visitor.countOneMore();
  await expect(page.getByRole('status')).toHaveText('One more is counted.');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Counter' })).toBeVisible();
  await expect(page.getByRole('status')).toHaveCount(0);
});

test('two tabs count to the same number', async ({ visitor, page, context }) => {
  await visitor.beLoggedIn();
  await visitor.open('/counter');
  const other = await context.newPage();
  await other.goto('/counter');
  for (const tab of [page, other])
    await tab.getByRole('button', { name: 'Count one more' }).click();
  await expect(other.getByRole('main')).toContainText('2 things counted');
});

test('after a log-out nothing of it is left', async ({ visitor, page }) => {
  await visitor.beLoggedIn();
  await visitor.countOneMore();
  await visitor.logOut();
  await expect(page.getByRole('link', { name: 'Counter', exact: true })).toBeVisible();
  await visitor.beLoggedIn();
  expect(await visitor.counted()).toBe(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('all of it works just the same', async ({ visitor, page }) => {
    await visitor.countOneMore();
    await visitor.logIn();
    await visitor.press('Count one more');
    await expect(page.getByRole('main')).toContainText('2 things counted');
    await page.getByLabel('Set it to').fill('7');
    await visitor.press('Set', { exact: true });
    await expect(page.getByRole('main')).toContainText('7 things counted');
  });
});
