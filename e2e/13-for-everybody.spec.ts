import { expectNoBarrier, LOOKS } from './barriers.js';
import { type Shop, test } from './shop.js';

// Every page can be read and used by everybody: in light and dark, wide and narrow, with errors shown.

for (const { colorScheme, width } of LOOKS) {
  test.describe(`${colorScheme}, ${width} pixels wide`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });

    test('no page has a barrier', async ({ shop, page }) => {
      for (const path of [
        ...['/', '/login', '/signup', '/signup/sent', '/forgotten', '/inbox', '/nothing-here'],
        '/reset?token=none',
      ]) {
        await shop.open(path);
        await expectNoBarrier(page);
      }
      const email = `joan-${colorScheme}-${width}@example.com`;
      await shop.open('/signup');
      await shop.sendLinkTo(email);
      await shop.followLink(email, 'Make your account');
      await expectNoBarrier(page);
      await page.getByRole('button', { name: 'Make the account' }).click();
      await expectNoBarrier(page);
      await shop.open('/login?next=/cart');
      await shop.logIn({ email: 'ada@example.com', password: 'wrong' });
      await expectNoBarrier(page);
      await shop.logIn();
      await expectNoBarrier(page);
      for (const path of [
        ...['/account', '/account/name', '/account/email', '/account/password'],
        ...['/account/sessions', '/account/disable', '/account/delete', '/login/again'],
      ]) {
        await shop.open(path);
        await expectNoBarrier(page);
      }
      await shop.addToCart('Tea pot');
      await expectNoBarrier(page);
      await keepPicture(shop, colorScheme, width);
    });

    test('the walk-through has no barrier, for a visitor and for a user', async ({
      shop,
      page,
    }) => {
      await shop.open('/how-it-works');
      await expectNoBarrier(page);
      await shop.open('/login?next=/how-it-works/src/session/session-id.ts');
      await shop.logIn();
      await expectNoBarrier(page);
      await shop.open('/how-it-works');
      await expectNoBarrier(page);
    });
  });
}

/** The README's pictures: renewed with UPDATE_PICTURES=1 npm run test:e2e */
async function keepPicture(shop: Shop, colorScheme: string, width: number): Promise<void> {
  if (!process.env['UPDATE_PICTURES'] || colorScheme !== 'light' || width !== 1280) return;
  await shop.page.screenshot({ path: 'docs/images/cart.png' });
  await shop.open();
  await shop.page.screenshot({ path: 'docs/images/shop.png' });
}
