import { expectNoBarrier } from '../barriers.js';
import { KeyboardUser } from '../keyboard.js';
import { ADA, chapter, expect, needPanel, test } from './shopper.js';

chapter(
  'The shop and what explains it can be read and used by everybody: in light and dark, wide and narrow, ' +
    'with errors shown, and by keyboard alone.',
);

test('no page of the shop has a barrier', async ({ visitor, page }) => {
  test.slow();
  for (const path of ['/', '/products/tea', '/login']) {
    await visitor.open(path);
    await expectNoBarrier(page);
  }
  await visitor.beLoggedIn();
  await visitor.open('/cart');
  await expectNoBarrier(page);
  await visitor.addToCart('Tea pot');
  await expectNoBarrier(page);
});

test.describe('how it works', () => {
  needPanel();

  for (const user of [null, ADA]) {
    test(`it has no barrier for ${user ? 'a user' : 'a visitor'}`, async ({ visitor, page }) => {
      test.slow();
      if (user) await visitor.beLoggedIn(user);
      for (const path of ['/how-it-works/src/session/session-id.ts', '/how-it-works']) {
        await visitor.open(path);
        await expectNoBarrier(page);
      }
    });
  }
});

test('the whole way goes by keyboard, and each stop on it can be seen', async ({
  visitor,
  page,
}) => {
  test.slow();
  const ada = new KeyboardUser(visitor);
  await visitor.open();
  await ada.enter(ada.link('Sencha'));
  await ada.enter(ada.button('Add to cart'));
  await expect(page).toHaveURL(/\/login\?next=%2Fcart$/);
  await ada.logIn();
  await expect(page).toHaveURL(/\/cart$/);
  await ada.send('Quantity of Sencha', '3');
  await expect(page.getByRole('main')).toContainText('£43.50');
  await ada.enter(ada.button('Place the order'));
  await expect(page.getByRole('row', { name: /Total/ })).toContainText('£43.50');
});
