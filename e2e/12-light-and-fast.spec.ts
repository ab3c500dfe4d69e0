import { PAGE } from '../test/counter/pages.js';
import { expectLight, expectStill } from './lightness.js';
import { needCounter } from './needs.js';
import { expectOutline } from './outline.js';
import { chapter, expect, test } from './visitor.js';

chapter(
  'What a page asks of the browser: little, of nobody else, and nothing that moves while it comes. A ' +
    'first visit is under 60 kB with all that belongs to it.',
);

const FOR_ALL = ['/', '/login', '/signup', '/forgotten', '/inbox', '/nothing-here'];
const FOR_USERS = ['/account', '/account/sessions', '/account/password'];

for (const path of FOR_ALL) {
  test(`a first visit to ${path} is light, whole and calm`, async ({ page }) => {
    await expectLight(page, path);
  });
}

test('so are the pages of a user', async ({ visitor, page }) => {
  await visitor.beLoggedIn();
  for (const path of FOR_USERS) await expectLight(page, path);
});

test('nothing moves on a page that comes in pieces', async ({ page, baseURL }) => {
  for (const path of FOR_ALL) await expectStill(page, new URL(path, baseURL));
});

test('each page says what it is: a language, a title of its own, one heading', async ({
  visitor,
  page,
}) => {
  await visitor.beLoggedIn();
  const titles = new Set<string>();
  const paths = ['/', ...FOR_USERS, '/nothing-here'];
  for (const path of paths) {
    await visitor.open(path);
    titles.add(await page.title());
    await expectOutline(page);
  }
  expect(titles.size).toBe(paths.length);
});

test.describe('the counter', () => {
  needCounter();

  test('the page of a feature is as light, and says what it is', async ({ visitor, page }) => {
    await visitor.beLoggedIn();
    await expectLight(page, PAGE);
    await expectOutline(page);
  });
});
