import { TOTP } from 'otpauth';

import { expectNoBarrier } from './barriers.js';
import { chapter, expect, test } from './visitor.js';

chapter(
  'Who learns a password still can’t log in: a second step takes a code that an app shows, or one from ' +
    'a list. You see how somebody sets it up, logs in with it, and gets in when the phone is lost.',
);

const PASSWORD = 'a sentence of a few words';

test('I set the second step up, log in with a code, and with a recovery code when the phone is lost', async ({
  visitor,
  page,
  anotherBrowser,
}) => {
  test.slow();
  const email = `joan-${Date.now()}@example.com`;
  await visitor.signUp({ name: 'Joan Clarke', email, password: PASSWORD });
  await visitor.open('/account');
  await visitor.follow('Set up the second step');
  await visitor.press('Set it up');
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await expectNoBarrier(page);
  const key = (await page.locator('.secret').textContent()) ?? '';
  const app = new TOTP({ secret: key.replaceAll(' ', '') });

  await page.getByLabel('The code that the app shows now').fill('000000');
  await visitor.press('Switch it on');
  await expect(page.getByText('This is not the code.')).toBeVisible();
  await expectNoBarrier(page);
  await page.getByLabel('The code that the app shows now').fill(app.generate());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep these codes');
  await expectNoBarrier(page);
  const codes = await page.locator('.secret').allTextContents();
  expect(codes).toHaveLength(10);
  await visitor.step('Load the page again', async () => void (await page.reload()));
  expect(await page.locator('.secret').allTextContents()).toEqual(codes);

  const other = await anotherBrowser({ javaScriptEnabled: false });
  const there = other.page;
  await other.open('/login?next=/account');
  await other.logIn({ email, password: PASSWORD });
  await expect(there.getByRole('heading', { level: 1 })).toHaveText('One more step');
  await there.getByLabel('Code').fill('000000');
  await there.keyboard.press('Enter');
  await expect(there.getByText('This code is wrong')).toBeVisible();
  // The one of half a minute ahead: the one of now was used above.
  await there.getByLabel('Code').fill(app.generate({ timestamp: Date.now() + 30_000 }));
  await there.keyboard.press('Enter');
  await expect(there).toHaveURL(/\/account$/);

  await other.logOut();
  await other.open('/login');
  await other.logIn({ email, password: PASSWORD });
  await there.getByLabel('Code').fill(codes[0] ?? '');
  await there.keyboard.press('Enter');
  await expect(there.getByRole('button', { name: 'Log out' })).toBeVisible();
  await other.open('/account/second-factor');
  await expect(there.getByText('9 recovery codes')).toBeVisible();
});
