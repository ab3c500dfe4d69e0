import { type Machines, startMachines } from '../dev/machines.js';
import { descendants } from '../dev/process-tree.js';
import { needServersOfItsOwn } from './needs.js';
import { anotherBrowser, chapter, expect, type Shop, test } from './shop.js';

chapter(
  'Whatever is restarted, replaced or killed: who is logged in stays so, and the cart is what it was. ' +
    'No worker knows anything of a user; what they all know is in the store. Here every worker is ' +
    'replaced, Redis restarts, and a whole machine dies while somebody shops.',
);
needServersOfItsOwn();

let machines: Machines;
let shop: Shop;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  machines = await startMachines(
    2,
    { LOG_LEVEL: 'info' },
    { redisArgs: ['--appendonly', 'yes', '--appendfsync', 'always'] },
  );
});
test.afterAll(async () => machines.stop());

test.beforeEach(async ({ browser }) => {
  ({ shop } = await anotherBrowser(browser, { baseURL: machines.url }));
  await shop.beLoggedIn();
  await shop.addToCart('Sencha');
});
test.afterEach(async () => shop.page.context().close());

const workers = () => machines.all.flatMap((app) => descendants(app.process.pid ?? 0));

test('every worker is replaced while I shop', async () => {
  const before = workers();
  for (const app of machines.all) app.process.kill('SIGHUP');
  let added = 1;
  while (workers().some((pid) => before.includes(pid))) {
    await shop.addToCart('Sencha');
    added++;
    expect(shop.path()).toBe('/cart');
  }
  expect(await shop.countInCart('Sencha')).toBe(String(added));
});

test('Redis restarts while I shop', async () => {
  await machines.redis.kill();
  await shop.open('/cart');
  await expect(shop.page.getByRole('heading', { name: 'One moment, please' })).toBeVisible();
  await expect(shop.page.getByText('You have not been logged out')).toBeVisible();
  await machines.redis.start();
  await expect(async () => {
    await shop.follow('Try again');
    await expect(shop.page.getByRole('heading', { name: 'Your cart' })).toBeVisible({ timeout: 1 });
  }).toPass();
  expect(await shop.countInCart('Sencha')).toBe('1');
});

test('two machines, one cart', async () => {
  const cartPages = () =>
    machines.all.map((app) => app.output().split('"route":"/cart"').length - 1);
  const before = cartPages();
  for (let i = 0; i < 6; i++) expect(await shop.countInCart('Sencha')).toBe('1');
  // Both have answered.
  await expect.poll(() => cartPages().every((count, i) => count > (before[i] ?? 0))).toBe(true);
});

test('a whole machine dies while I shop', async () => {
  await machines.all[1]?.kill();
  for (let added = 2; added <= 5; added++) {
    await shop.addToCart('Sencha');
    expect(await shop.countInCart('Sencha')).toBe(String(added));
  }
});
