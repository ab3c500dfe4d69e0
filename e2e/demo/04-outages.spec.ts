import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../../dev/stack.js';
import { needServersOfItsOwn } from '../needs.js';
import { type Server, serverFixture } from '../server.js';
import { chapter, expect, test as base } from './shopper.js';

chapter(
  'While the session store hangs the shelf is there for everybody, and what can’t be kept is said. ' +
    'Afterwards the cart is what it was.',
);
needServersOfItsOwn();

const test = base.extend<object, { stack: RedisStack; server: Server }>({
  stack: serverFixture(async () => startStack({}, { settings: new SettingsFile() })),
  server: [async ({ stack }, use) => use(stack), { scope: 'worker' }],
});

test.beforeEach(async ({ visitor }) => {
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
  await visitor.open('/');
});

test('the shelf is there, and the panel says that the session can’t be looked up', async ({
  stack,
  visitor,
  page,
}) => {
  await stack.redis.freeze();
  await visitor.open('/');
  await expect(page.getByRole('heading', { name: 'On the shelf' })).toBeVisible();
  const panel = page.getByRole('complementary', { name: 'Behind this page' });
  await expect(panel).toContainText('can’t be looked up just now');
  stack.redis.thaw();
});

test('what could not be added to the cart is said, and the page leads back to the shelf', async ({
  stack,
  visitor,
  page,
}) => {
  await stack.redis.freeze();
  const cup = page.getByRole('listitem').filter({ hasText: 'Tea cup' });
  await cup.getByRole('button', { name: /Add/ }).click();
  await expect(page.getByRole('heading', { name: 'One moment, please' })).toBeVisible();
  await expect(page.getByText('nothing is lost')).toBeVisible();
  stack.redis.thaw();
  await visitor.follow('Back to where you were');
  await expect(page.getByRole('heading', { name: 'On the shelf' })).toBeVisible();
  await expect(async () => expect(await visitor.countInCart('Sencha')).toBe('1')).toPass();
});
