import { needRedis } from './needs.js';
import { chapter, expect, test as base } from './visitor.js';
import { Store } from './store.js';

chapter(
  'What the browser holds is an id. All else is in the store, under the hash of that id, for as long as ' +
    'it is used. When it is gone from there the next click asks to log in, and nothing else does.',
);

const test = base.extend<{ store: Store }>({
  store: async ({ server }, use) => {
    needRedis(server);
    const store = new Store(server.env['REDIS_URL']);
    await use(store);
    store.close();
  },
});

test.beforeEach(async ({ visitor }) => {
  await visitor.beLoggedIn();
  await visitor.open('/account');
});

test('the store keeps the session under the hash of the id, for 24 hours after each request', async ({
  visitor,
  store,
}) => {
  const id = await visitor.sessionId();
  const keys = await store.keys();
  expect(keys).toContain(store.keyOf(id));
  expect(keys.filter((key) => key.includes(id ?? ''))).toEqual([]);

  await store.expireIn(id, 600);
  await visitor.open('/account');
  expect(await store.ttlOf(id)).toBeGreaterThan(86_390);
});

test('when the session is gone from the store, the next click asks to log in, and goes on from there', async ({
  visitor,
  store,
}) => {
  const gone = await visitor.sessionId();
  await store.delete(gone);
  await visitor.open('/account');
  expect(visitor.path()).toBe('/login?next=%2Faccount');
  await visitor.logIn();
  expect(visitor.path()).toBe('/account');
  expect(await visitor.sessionId()).not.toBe(gone);
});

for (const keep of [true, false]) {
  test(`a browser that is closed and opened again is ${keep ? 'still logged in' : 'logged out where the box was cleared'}`, async ({
    anotherBrowser,
  }) => {
    const before = await anotherBrowser();
    await before.open('/login');
    const box = before.page.getByLabel('Keep me logged in');
    await expect(box).toBeChecked();
    if (!keep) await box.uncheck();
    await before.logIn();
    // What a browser writes to the disk: the cookies that have an end.
    const cookies = (await before.page.context().cookies()).filter(({ expires }) => expires !== -1);
    await before.page.context().close();

    const after = await anotherBrowser({ storageState: { cookies, origins: [] } });
    await after.open('/account');
    expect(after.path()).toBe(keep ? '/account' : '/login?next=%2Faccount');
  });
}

test('two browsers are two sessions: logging out of one leaves the other in', async ({
  visitor,
  anotherBrowser,
}) => {
  const other = await anotherBrowser();
  await other.open('/login');
  await other.logIn();
  await visitor.logOut();
  await other.open('/account');
  expect(other.path()).toBe('/account');
});

test('the Back button shows no private page after the log-out', async ({ visitor, page }) => {
  await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible();
  await visitor.logOut();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Your account' })).toBeHidden();
  expect(visitor.path()).toBe('/login?next=%2Faccount');
});

test('the browser keeps no private page, and no stylesheet is lost by the log-out', async ({
  visitor,
  page,
}) => {
  const kept = async (url: string): Promise<boolean> =>
    page.evaluate(
      `fetch(${url}, { cache: 'only-if-cached', mode: 'same-origin' }).then(() => true, () => false)`,
    );
  await visitor.logOut();
  expect(await kept("'/account'")).toBe(false);
  // What was kept on the way in is still there.
  expect(await kept('document.styleSheets[0].href')).toBe(true);
});
