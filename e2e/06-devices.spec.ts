import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expectNoBarrier } from './barriers.js';
import { needOperator } from './needs.js';
import { ADA, anotherBrowser, chapter, expect, test } from './shop.js';

chapter(
  'Sessions belong to people: they see where they are logged in, and end what they don’t know. The ' +
    'device that was logged out says so, and why. A new password, and those who run the shop, log devices ' +
    'out too.',
);

test.beforeEach(async ({ shop }) => {
  await shop.open('/login');
  await shop.logIn();
});

test('I log another browser out, and it is told so when it goes on', async ({
  shop,
  page,
  browser,
}) => {
  const other = await anotherBrowser(browser);
  await other.shop.beLoggedIn();

  await shop.follow('Account');
  await shop.follow('See your devices');
  await expect(page.getByText('This device')).toHaveCount(1);
  await expectNoBarrier(page);
  await page.getByRole('button', { name: 'Log out all other devices' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toHaveText('All your other devices have been logged out.');
  await expect(page.getByRole('heading', { name: /Chrome/ })).toHaveCount(1);

  await other.shop.open('/cart');
  expect(other.shop.path()).toBe('/login?next=%2Fcart&ended=elsewhere');
  await expect(other.shop.page.getByRole('status')).toHaveText(
    'You have been logged out here from another of your devices.',
  );
  await other.shop.logIn();
  expect(other.shop.path()).toBe('/cart');
  await other.context.close();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('one device is ended and the others stay', async ({ shop, page, browser }) => {
    const [phone, tablet] = [await anotherBrowser(browser), await anotherBrowser(browser)];
    for (const device of [phone, tablet]) await device.shop.beLoggedIn();
    await shop.follow('Account');
    await shop.follow('See your devices');
    const devices = await page.getByRole('listitem').filter({ hasText: 'Last seen' }).count();
    // The last one used comes first, and that is this one.
    await page
      .getByRole('main')
      .getByRole('button', { name: /^Log out Chrome/ })
      .first()
      .click();
    await expect(page.getByRole('status')).toHaveText('That device has been logged out.');
    await expect(page.getByRole('listitem').filter({ hasText: 'Last seen' })).toHaveCount(
      devices - 1,
    );
    await tablet.shop.open('/cart');
    expect(tablet.shop.path()).toBe('/login?next=%2Fcart&ended=elsewhere');
    await phone.shop.open('/cart');
    expect(phone.shop.path()).toBe('/cart');
    for (const { context } of [phone, tablet]) await context.close();
  });
});

test('a new password logs the other browser out, and opens the door from then on', async ({
  page,
  shop,
  browser,
}) => {
  const [old, next] = ['a password for a while', 'a better one, and longer'];
  const email = `joan-${Date.now()}@example.com`;
  await shop.logOut();
  await shop.signUp({ name: 'Joan Clarke', email, password: old });
  const other = await anotherBrowser(browser);
  await other.shop.open('/login');
  await other.shop.logIn({ email, password: old });

  await shop.follow('Account');
  await shop.follow('Change your password');
  const button = page.getByRole('button', { name: 'Change it' });
  await page.getByLabel('The password you have').fill('not this one');
  await page.getByLabel('New password').fill(next);
  await button.click();
  await expect(page.getByText('This is not your password.')).toBeVisible();
  await expectNoBarrier(page);
  await page.getByLabel('The password you have').fill(old);
  await page.getByLabel('New password').fill(next);
  await button.click();
  await expect(page.getByRole('status')).toContainText('Your password has been changed.');

  await other.shop.open('/cart');
  await expect(other.shop.page.getByRole('status')).toHaveText(
    'You have been logged out here because the password of your account was changed.',
  );
  await other.shop.logIn({ email, password: old });
  await expect(other.shop.page.getByRole('alert')).toBeVisible();
  await other.shop.logIn({ email, password: next });
  expect(other.shop.path()).toBe('/cart');
  await other.context.close();
});

test('who runs the shop logs somebody out, or everybody, and they are told so', async ({
  shop,
  page,
  browser,
}) => {
  needOperator();
  const other = await anotherBrowser(browser);
  await other.shop.open('/login');
  await other.shop.logIn({ ...ADA, email: 'grace@example.com' });

  for (const [whom, both] of [
    [['--user', 'grace@example.com'], false],
    [['--all'], true],
  ] as const) {
    await operate('end', ...whom);
    await other.shop.open('/cart');
    await expect(other.shop.page.getByRole('status')).toHaveText(
      'You have been logged out here by those who run this shop. You can log in again.',
    );
    await other.shop.logIn({ ...ADA, email: 'grace@example.com' });
    expect(other.shop.path()).toBe('/cart');
    await shop.open('/cart');
    expect(shop.path()).toBe(both ? '/login?next=%2Fcart&ended=operator' : '/cart');
  }
  await expect(page.getByRole('status')).toContainText('by those who run this shop');
  await other.context.close();
});

/** `npm run sessions`, with the program's own servers. */
async function operate(...args: string[]): Promise<void> {
  const env = { ...process.env, MAIL_URL: '' };
  await promisify(execFile)(process.execPath, ['dist/src/operators/sessions.js', ...args], { env });
}
