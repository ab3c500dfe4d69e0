import { expectLight, expectStill } from '../lightness.js';
import { expectOutline } from '../outline.js';
import { chapter, expect, needPanel, test } from './shopper.js';

chapter(
  'The shop asks as little of the browser as the rest does, pictures and all: a first visit is under ' +
    '60 kB, nothing moves while it comes, and each page says what it is.',
);

const SHOP = ['/', '/products/tea'];
const FOR_ALL = [...SHOP, '/login', '/signup'];
const FOR_USERS = ['/cart', '/orders', '/account'];

for (const path of FOR_ALL) {
  test(`a first visit to ${path} is light, whole and calm`, async ({ page }) => {
    await expectLight(page, path);
  });
}

test('so are the pages of a user', async ({ visitor, page }) => {
  await visitor.beLoggedIn();
  for (const path of FOR_USERS) await expectLight(page, path);
  await visitor.addToCart('Sencha');
  await expectLight(page, '/cart');
});

test('nothing moves on a page that comes in pieces', async ({ page, baseURL }) => {
  for (const path of FOR_ALL) await expectStill(page, new URL(path, baseURL));
});

test('each page says what it is: a title of its own, one heading, a description', async ({
  visitor,
  page,
}) => {
  await visitor.beLoggedIn();
  const titles = new Set<string>();
  const paths = [...SHOP, ...FOR_USERS, '/nothing-here'];
  for (const path of paths) {
    await visitor.open(path);
    titles.add(await page.title());
    await expectOutline(page);
    await expect(page.locator('meta[name=description]')).toHaveAttribute('content', /\w/);
  }
  expect(titles.size).toBe(paths.length);
});

test.describe('how it works', () => {
  needPanel();

  test('it is as light, nothing moves on it, and it says what it is', async ({ page, baseURL }) => {
    await expectLight(page, '/how-it-works');
    await expectOutline(page);
    await expectStill(page, new URL('/how-it-works', baseURL));
  });
});
