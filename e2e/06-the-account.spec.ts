import { chapter, expect, test, Visitor } from './visitor.js';

chapter(
  'An account belongs to its owner: the name, the address, and whether it is there at all. Whatever ' +
    'they change of it, other browsers are told why they were logged out.',
);

const PASSWORD = 'a sentence of a few words';

let email: string;

test.beforeEach(async ({ visitor }) => {
  email = `joan-${Date.now()}@example.com`;
  await visitor.signUp({ name: 'Joan Clarke', email, password: PASSWORD });
  await visitor.open('/account');
});

test('a new name greets me', async ({ visitor, page }) => {
  await visitor.follow('Change your name');
  await page.getByLabel('Name').fill('Joan Murray');
  await visitor.press('Change it');
  await expect(page.getByRole('status')).toHaveText('Your name has been changed.');
  await visitor.open();
  await expect(page.getByRole('main')).toContainText('Joan Murray');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a form that I had open does nothing to who has logged in since in another tab', async ({
    visitor,
    page,
  }) => {
    await visitor.follow('Change your name');
    await page.getByLabel('Name').fill('Joan Murray');
    const tab = new Visitor(await page.context().newPage());
    await tab.open();
    await tab.logOut();
    await tab.open('/login');
    await tab.logIn();

    await visitor.press('Change it');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'You are logged in as somebody else now',
    );
    await visitor.follow('Back to where you were');
    await expect(page.getByLabel('Name')).toHaveValue(/Ada/);
  });

  test('a new address is mine once I have followed the link that was sent there', async ({
    visitor,
    page,
    anotherBrowser,
  }) => {
    const other = await anotherBrowser();
    await other.beLoggedIn({ email, password: PASSWORD });

    await visitor.follow('Change your address');
    await visitor.sendLinkTo(`new-${email}`);
    await visitor.followLink(`new-${email}`, 'Confirm your new address');
    await page.getByRole('button', { name: 'Use this address' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status')).toContainText('Your e-mail address has been changed.');

    await other.open('/account');
    await expect(other.page.getByRole('status')).toHaveText(
      'You have been logged out here because the e-mail address of your account was changed.',
    );
    await other.logIn({ email: `new-${email}`, password: PASSWORD });
    expect(other.path()).toBe('/account');
  });

  for (const [how, link, button] of [
    ['disabled', 'Disable your account', 'Disable my account'],
    ['deleted', 'Delete it', 'Delete my account for good'],
  ] as const) {
    test(`when my account is ${how}, my other browser is told so`, async ({
      visitor,
      page,
      anotherBrowser,
    }) => {
      const other = await anotherBrowser();
      await other.beLoggedIn({ email, password: PASSWORD });

      await visitor.follow(link);
      await visitor.press(button);
      await expect(page.getByRole('status')).toContainText(`because your account was ${how}.`);
      await other.open('/account');
      await expect(other.page.getByRole('status')).toHaveText(
        `You have been logged out here because your account was ${how}.`,
      );
      await other.logIn({ email, password: PASSWORD });
      await expect(other.page.getByRole('alert')).toBeVisible();
    });
  }
});
