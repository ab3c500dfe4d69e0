import { writeFile } from 'node:fs/promises';

import { animate, type Frame } from './animation.js';
import { ADA, expect, test } from './shopper.js';

const FOLDER = 'docs/demo/images';

test.skip(
  !process.env['UPDATE_PICTURES'],
  `It takes the pictures in ${FOLDER} anew: run it with UPDATE_PICTURES=1`,
);

test.use({ colorScheme: 'light' });

test.describe('the pictures', () => {
  test.use({ viewport: { width: 1280, height: 900 } });

  test('show the shelf and the cart', async ({ visitor, page }) => {
    await visitor.beLoggedIn();
    await visitor.addToCart('Tea pot');
    await visitor.open('/cart');
    await page.screenshot({ path: `${FOLDER}/cart.png` });
    await visitor.open();
    await page.screenshot({ path: `${FOLDER}/shop.png` });
  });
});

test.describe('the animation', () => {
  test.use({ viewport: { width: 900, height: 640 } });

  test('shows a login, a cart, and the worker that is killed under it', async ({
    visitor,
    page,
  }) => {
    const frames: Frame[] = [];
    const show = async (ms: number): Promise<void> => {
      frames.push({ png: await page.screenshot(), ms });
    };
    const panel = page.getByRole('complementary', { name: 'Behind this page' });
    const kill = page.getByRole('button', { name: 'Kill this worker' });

    await visitor.open('/login');
    await page.getByLabel('E-mail address').fill(ADA.email);
    await show(1_200);
    await page.getByLabel('Password').fill(ADA.password);
    await show(1_000);
    await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByText('Good to see you')).toBeVisible();
    await show(1_800);
    await visitor.open('/products/pot');
    const add = page.getByRole('button', { name: 'Add to cart' });
    await add.focus();
    await show(1_400);
    await add.click();
    await expect(page.getByRole('heading', { name: 'Your cart' })).toBeVisible();
    await show(2_000);
    await panel.evaluate((aside: { scrollIntoView(): void }) => aside.scrollIntoView());
    const killed = await panel.locator('.behind__answer').innerText();
    await show(2_400);
    await kill.focus();
    await show(1_200);
    await kill.click();
    await expect(page.getByRole('heading', { name: 'Your cart' })).toBeVisible();
    await expect(panel.locator('.behind__answer')).not.toHaveText(killed);
    await show(2_400);
    await page.evaluate('scrollTo(0, 0)');
    await show(3_000);
    await writeFile(`${FOLDER}/killed.png`, animate(frames));
  });
});
