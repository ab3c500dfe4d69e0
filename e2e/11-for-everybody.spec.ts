import { TOTP } from 'otpauth';

import { expectNoBarrier } from './barriers.js';
import { KeyboardUser } from './keyboard.js';
import { needCounter } from './needs.js';
import { ADA, chapter, expect, test } from './visitor.js';

chapter(
  'Every page can be read and used by everybody: in light and dark, wide and narrow, with errors shown, ' +
    'by keyboard alone, and without JavaScript.',
);

const PASSWORD = 'a sentence of a few words';
const newAddress = () => `joan-${Date.now()}@example.com`;

test('no page of a visitor has a barrier, whatever is wrong on it', async ({ visitor, page }) => {
  test.slow();
  for (const path of ['/', '/signup/sent', '/inbox', '/nothing-here', '/reset?token=none']) {
    await visitor.open(path);
    await expectNoBarrier(page);
  }
  for (const path of ['/signup', '/forgotten']) {
    await visitor.open(path);
    await expectNoBarrier(page);
    await visitor.sendLinkTo('not an address');
    await expectNoBarrier(page);
  }
  await visitor.open('/login?next=/account');
  await expectNoBarrier(page);
  await visitor.logIn({ ...ADA, password: 'wrong' });
  await expectNoBarrier(page);
  const email = newAddress();
  await visitor.open('/signup');
  await visitor.sendLinkTo(email);
  await visitor.followLink(email, 'Make your account');
  await expectNoBarrier(page);
  await visitor.press('Make the account');
  await expectNoBarrier(page);
});

test('no page of a user has a barrier, whatever is wrong on it', async ({ visitor, page }) => {
  test.slow();
  await visitor.open('/login?next=/account');
  await visitor.logIn();
  await expectNoBarrier(page);
  for (const path of [
    ...['/', '/account/sessions', '/account/disable', '/account/delete', '/login/again'],
    '/account/second-factor',
  ]) {
    await visitor.open(path);
    await expectNoBarrier(page);
  }
  for (const [path, button] of [
    ['/account/name', 'Change it'],
    ['/account/password', 'Change it'],
    ['/account/email', 'Send the link'],
  ] as const) {
    await visitor.open(path);
    for (const field of await page.locator('main input[required]').all()) await field.fill('');
    await visitor.press(button);
    await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
    await expectNoBarrier(page);
  }
});

test.describe('the counter', () => {
  needCounter();

  test('the page of a feature has no barrier', async ({ visitor, page }) => {
    await visitor.beLoggedIn();
    await visitor.countOneMore();
    await expectNoBarrier(page);
  });

  test('the whole way goes by keyboard, and each stop on it can be seen', async ({
    visitor,
    page,
  }) => {
    test.slow();
    const ada = new KeyboardUser(visitor);
    await visitor.open();
    await ada.enter(ada.button('Count one more'));
    await expect(page).toHaveURL(/\/login\?next=%2Fcounter$/);
    await ada.logIn();
    await expect(page).toHaveURL(/\/counter$/);
    await ada.send('Set it to', '3');
    await expect(page.getByRole('main')).toContainText('3 things counted');
    await page.reload();
    await ada.enter(ada.link('Account'));
    await ada.enter(ada.link('See your devices'));
    await expect(page.getByText('This device')).toBeVisible();
    await page.reload();
    await ada.enter(ada.button('Log out').first());
    await expect(ada.link('Log in')).toBeVisible();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('I sign up, and change my name and my password', async ({ visitor, page }) => {
    await visitor.signUp({ name: 'Joan Clarke', email: newAddress(), password: PASSWORD });
    await visitor.open('/account/name');
    await page.getByLabel('Name').fill('Joan Murray');
    await visitor.press('Change it');
    await expect(page.getByRole('status')).toHaveText('Your name has been changed.');
    await visitor.open('/account/password');
    await page.getByLabel('The password you have').fill(PASSWORD);
    await page.getByLabel('New password').fill(`${PASSWORD}, and some more`);
    await visitor.press('Change it');
    await expect(page.getByRole('status')).toContainText('Your password has been changed.');
  });

  test('I choose another password by mail, and log in with it', async ({ visitor, page }) => {
    const email = newAddress();
    await visitor.signUp({ name: 'Joan Clarke', email, password: PASSWORD });
    await visitor.logOut();
    await visitor.open('/forgotten');
    await visitor.sendLinkTo(email);
    await visitor.followLink(email, 'Choose a new password');
    const password = 'another one, and no better';
    await page.getByLabel('New password').fill(password);
    await visitor.press('Change it');
    await visitor.logIn({ email, password });
    await expect(page.getByRole('button', { name: 'Log out' })).toBeVisible();
  });

  test('I set the second step up, and log in with it', async ({ visitor, page }) => {
    const email = newAddress();
    await visitor.signUp({ name: 'Joan Clarke', email, password: PASSWORD });
    await visitor.open('/account/second-factor');
    await visitor.press('Set it up');
    const key = (await page.locator('.secret').textContent()) ?? '';
    const app = new TOTP({ secret: key.replaceAll(' ', '') });
    await page.getByLabel('The code that the app shows now').fill(app.generate());
    await visitor.press('Switch it on');
    const [recoveryCode = ''] = await page.locator('.secret').allTextContents();
    await visitor.logOut();
    await visitor.open('/login');
    await visitor.logIn({ email, password: PASSWORD });
    await page.getByLabel('Code').fill(recoveryCode);
    await visitor.press('Go on');
    await expect(page.getByRole('button', { name: 'Log out' })).toBeVisible();
  });
});
