import type { Page } from '@playwright/test';

import { SettingsFile } from '../dev/settings-file.js';
import type { RedisStack } from '../dev/stack.js';
import { startStack } from '../test/counter/stack.js';
import { needServersOfItsOwn } from './needs.js';
import { type Server, serverFixture } from './server.js';
import { chapter, expect, test as base } from './visitor.js';

chapter(
  'An outage is an outage, and no log-out. While a server hangs the page says so and leads back, what ' +
    'needs no server goes on, and the same cookie works when all is there again.',
);
needServersOfItsOwn();

const test = base.extend<object, { stack: RedisStack; server: Server }>({
  stack: serverFixture(async () => startStack({}, { settings: new SettingsFile() })),
  server: [async ({ stack }, use) => use(stack), { scope: 'worker' }],
});

test.beforeEach(async ({ visitor }) => {
  await visitor.beLoggedIn();
  await visitor.countOneMore();
});

test('while Redis hangs the count can’t be shown, and afterwards it is what it was', async ({
  stack,
  visitor,
  page,
}) => {
  const id = await visitor.sessionId();
  await stack.redis.freeze();
  await visitor.open('/counter');
  await expectOutage(page, 'You have not been logged out');
  stack.redis.thaw();
  await expect(async () => {
    await visitor.follow('Try again');
    await expect(page.getByRole('heading', { name: 'Counter' })).toBeVisible({ timeout: 1 });
  }).toPass();
  expect(await visitor.sessionId()).toBe(id);
  expect(await visitor.counted()).toBe(1);
});

test('while Redis hangs the home page is there for everybody', async ({ stack, visitor, page }) => {
  await stack.redis.freeze();
  await visitor.open('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Welcome/);
  stack.redis.thaw();
});

test('what could not be counted is said, and the page leads back to where the button was', async ({
  stack,
  visitor,
  page,
}) => {
  await visitor.open('/');
  await stack.redis.freeze();
  await visitor.press('Count one more');
  await expectOutage(page, 'nothing is lost');
  stack.redis.thaw();
  await visitor.follow('Back to where you were');
  await expect(page.getByRole('button', { name: 'Count one more' })).toBeVisible();
});

test('while PostgreSQL hangs nobody can log in, and who is logged in goes on', async ({
  stack,
  visitor,
  anotherBrowser,
}) => {
  const stranger = await anotherBrowser();
  await stranger.open('/login');
  await stack.postgres.freeze();
  await stranger.logIn();
  await expect(
    stranger.page.getByText('We can’t reach our database right now.', { exact: false }),
  ).toBeVisible();
  expect(await visitor.counted()).toBe(1);
  stack.postgres.thaw();
  await expect(async () => {
    await stranger.open('/login');
    await stranger.logIn();
    await expect(stranger.page.getByRole('button', { name: 'Log out' })).toBeVisible();
  }).toPass();
});

async function expectOutage(page: Page, words: string): Promise<void> {
  await expect(page.getByRole('heading', { name: 'One moment, please' })).toBeVisible();
  await expect(page.getByText(words, { exact: false })).toBeVisible();
}
