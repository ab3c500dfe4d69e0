import { AxeBuilder } from '@axe-core/playwright';
import { TOTP } from 'otpauth';

import { anotherBrowser, expect, test } from './shop.js';

// Who learns a password still can't log in: a second step takes a code that an app shows, or one from a list.

const PASSWORD = 'a sentence of a few words';

test('I set the second step up, log in with a code, and with a recovery code when the phone is lost', async ({
  shop,
  page,
  browser,
}) => {
  const email = `joan-${Date.now()}@example.com`;
  await shop.signUp({ name: 'Joan Clarke', email, password: PASSWORD });
  await shop.open('/account');
  await page.getByRole('link', { name: 'Set up the second step' }).click();
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const key = (await page.locator('.secret').textContent()) ?? '';
  const app = new TOTP({ secret: key.replaceAll(' ', '') });

  await page.getByLabel('The code that the app shows now').fill('000000');
  await page.getByRole('button', { name: 'Switch it on' }).click();
  await expect(page.getByText('This is not the code.')).toBeVisible();
  await page.getByLabel('The code that the app shows now').fill(app.generate());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep these codes');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const codes = await page.locator('.secret').allTextContents();
  expect(codes).toHaveLength(10);

  const other = await anotherBrowser(browser, { javaScriptEnabled: false });
  const there = other.shop.page;
  await other.shop.open('/login?next=/cart');
  await other.shop.logIn({ email, password: PASSWORD });
  await expect(there.getByRole('heading', { level: 1 })).toHaveText('One more step');
  await there.getByLabel('Code').fill('000000');
  await there.keyboard.press('Enter');
  await expect(there.getByText('This code is wrong')).toBeVisible();
  // The one of half a minute ahead: the one of now was used above.
  await there.getByLabel('Code').fill(app.generate({ timestamp: Date.now() + 30_000 }));
  await there.keyboard.press('Enter');
  await expect(there).toHaveURL(/\/cart$/);

  await other.shop.logOut();
  await other.shop.open('/login');
  await other.shop.logIn({ email, password: PASSWORD });
  await there.getByLabel('Code').fill(codes[0] ?? '');
  await there.keyboard.press('Enter');
  await expect(there.getByRole('button', { name: 'Log out' })).toBeVisible();
  await other.shop.open('/account/second-factor');
  await expect(there.getByText('9 recovery codes')).toBeVisible();
  await other.context.close();
});
