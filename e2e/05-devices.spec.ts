import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expectNoBarrier } from './barriers.js';
import { needOperator } from './needs.js';
import type { Server } from './server.js';
import { chapter, expect, GRACE, test } from './visitor.js';

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
  anotherBrowser,
}) => {
  const other = await anotherBrowser();
  await other.beLoggedIn();

  await visitor.follow('Account', { exact: true });
  await visitor.follow('See your devices');
  await expect(page.getByText('This device')).toHaveCount(1);
  await expectNoBarrier(page);
  await page.getByRole('button', { name: 'Log out all other devices' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toHaveText('All your other devices have been logged out.');
  await expect(page.getByRole('heading', { name: /Chrome/ })).toHaveCount(1);

  await other.open('/account');
  expect(other.path()).toBe('/login?next=%2Faccount');
  await expect(other.page.getByRole('status')).toHaveText(
    'You have been logged out here from another of your devices.',
  );
  await other.logIn();
  expect(other.path()).toBe('/account');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('one device is ended and the others stay', async ({ visitor, page, anotherBrowser }) => {
    const [phone, tablet] = [await anotherBrowser(), await anotherBrowser()];
    for (const device of [phone, tablet]) await device.beLoggedIn();
    await visitor.follow('Account', { exact: true });
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
    await tablet.open('/account');
    expect(tablet.path()).toBe('/login?next=%2Faccount');
    await phone.open('/account');
    expect(phone.path()).toBe('/account');
  });
});

test('a new password logs the other browser out, and opens the door from then on', async ({
  page,
  visitor,
  anotherBrowser,
}) => {
  const [old, next] = ['a password for a while', 'a better one, and longer'];
  const email = `joan-${Date.now()}@example.com`;
  await visitor.logOut();
  await visitor.signUp({ name: 'Joan Clarke', email, password: old });
  const other = await anotherBrowser();
  await other.open('/login');
  await other.logIn({ email, password: old });

  await visitor.follow('Account', { exact: true });
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

  await other.open('/account');
  await expect(other.page.getByRole('status')).toHaveText(
    'You have been logged out here because the password of your account was changed.',
  );
  await other.logIn({ email, password: old });
  await expect(other.page.getByRole('alert')).toBeVisible();
  await other.logIn({ email, password: next });
  expect(other.path()).toBe('/account');
});

test('who runs the app logs somebody out, or everybody, and they are told so', async ({
  visitor,
  page,
  anotherBrowser,
  server,
}) => {
  needOperator(server);
  const other = await anotherBrowser();
  await other.open('/login');
  await other.logIn(GRACE);

  for (const [whom, both] of [
    [['--user', GRACE.email], false],
    [['--all'], true],
  ] as const) {
    await operate(server, 'end', ...whom);
    await other.open('/account');
    await expect(other.page.getByRole('status')).toHaveText(
      'You have been logged out here by those who run this app. You can log in again.',
    );
    await other.logIn(GRACE);
    expect(other.path()).toBe('/account');
    await visitor.open('/account');
    expect(visitor.path()).toBe(both ? '/login?next=%2Faccount' : '/account');
  }
  await expect(page.getByRole('status')).toContainText('by those who run this app');
});

/** `npm run sessions`, with the program's own servers. */
async function operate(server: Server, ...args: string[]): Promise<void> {
  const env = { ...process.env, ...server.env, MAIL_URL: '' };
  await promisify(execFile)(process.execPath, ['dist/src/operators/sessions.js', ...args], { env });
}
