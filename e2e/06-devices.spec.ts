import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expectNoBarrier } from './barriers.js';
import { needOperator } from './needs.js';
import { ADA, anotherBrowser, chapter, expect, test } from './visitor.js';

chapter(
  'Sessions belong to people: they see where they are logged in, and end what they don’t know. The ' +
    'device that was logged out says so, and why. A new password, and those who run the app, log devices ' +
    'out too.',
);

test.beforeEach(async ({ visitor }) => {
  await visitor.open('/login');
  await visitor.logIn();
});

test('I log another browser out, and it is told so when it goes on', async ({
  visitor,
  page,
  browser,
}) => {
  const other = await anotherBrowser(browser);
  await other.visitor.beLoggedIn();

  await visitor.follow('Account');
  await visitor.follow('See your devices');
  await expect(page.getByText('This device')).toHaveCount(1);
  await expectNoBarrier(page);
  await page.getByRole('button', { name: 'Log out all other devices' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toHaveText('All your other devices have been logged out.');
  await expect(page.getByRole('heading', { name: /Chrome/ })).toHaveCount(1);

  await other.visitor.open('/account');
  expect(other.visitor.path()).toBe('/login?next=%2Faccount');
  await expect(other.visitor.page.getByRole('status')).toHaveText(
    'You have been logged out here from another of your devices.',
  );
  await other.visitor.logIn();
  expect(other.visitor.path()).toBe('/account');
  await other.context.close();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('one device is ended and the others stay', async ({ visitor, page, browser }) => {
    const [phone, tablet] = [await anotherBrowser(browser), await anotherBrowser(browser)];
    for (const device of [phone, tablet]) await device.visitor.beLoggedIn();
    await visitor.follow('Account');
    await visitor.follow('See your devices');
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
    await tablet.visitor.open('/account');
    expect(tablet.visitor.path()).toBe('/login?next=%2Faccount');
    await phone.visitor.open('/account');
    expect(phone.visitor.path()).toBe('/account');
    for (const { context } of [phone, tablet]) await context.close();
  });
});

test('a new password logs the other browser out, and opens the door from then on', async ({
  page,
  visitor,
  browser,
}) => {
  const [old, next] = ['a password for a while', 'a better one, and longer'];
  const email = `joan-${Date.now()}@example.com`;
  await visitor.logOut();
  await visitor.signUp({ name: 'Joan Clarke', email, password: old });
  const other = await anotherBrowser(browser);
  await other.visitor.open('/login');
  await other.visitor.logIn({ email, password: old });

  await visitor.follow('Account');
  await visitor.follow('Change your password');
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

  await other.visitor.open('/account');
  await expect(other.visitor.page.getByRole('status')).toHaveText(
    'You have been logged out here because the password of your account was changed.',
  );
  await other.visitor.logIn({ email, password: old });
  await expect(other.visitor.page.getByRole('alert')).toBeVisible();
  await other.visitor.logIn({ email, password: next });
  expect(other.visitor.path()).toBe('/account');
  await other.context.close();
});

test('who runs the app logs somebody out, or everybody, and they are told so', async ({
  visitor,
  page,
  browser,
}) => {
  needOperator();
  const other = await anotherBrowser(browser);
  await other.visitor.open('/login');
  await other.visitor.logIn({ ...ADA, email: 'grace@example.com' });

  for (const [whom, both] of [
    [['--user', 'grace@example.com'], false],
    [['--all'], true],
  ] as const) {
    await operate('end', ...whom);
    await other.visitor.open('/account');
    await expect(other.visitor.page.getByRole('status')).toHaveText(
      'You have been logged out here by those who run this app. You can log in again.',
    );
    await other.visitor.logIn({ ...ADA, email: 'grace@example.com' });
    expect(other.visitor.path()).toBe('/account');
    await visitor.open('/account');
    expect(visitor.path()).toBe(both ? '/login?next=%2Faccount' : '/account');
  }
  await expect(page.getByRole('status')).toContainText('by those who run this app');
  await other.context.close();
});

/** `npm run sessions`, with the program's own servers. */
async function operate(...args: string[]): Promise<void> {
  const env = { ...process.env, MAIL_URL: '' };
  await promisify(execFile)(process.execPath, ['dist/src/operators/sessions.js', ...args], { env });
}
