import { type Machines, startMachines } from '../dev/machines.js';
import { descendants } from '../dev/process-tree.js';
import { needServersOfItsOwn } from './needs.js';
import { anotherBrowser, chapter, expect, type Visitor, test } from './visitor.js';

chapter(
  'Whatever is restarted, replaced or killed: who is logged in stays so, and the cart is what it was. ' +
    'No worker knows anything of a user; what they all know is in the store. Here every worker is ' +
    'replaced, Redis restarts, and a whole machine dies while somebody shops.',
);
needServersOfItsOwn();

let machines: Machines;
let visitor: Visitor;
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
  ({ visitor } = await anotherBrowser(browser, { baseURL: machines.url }));
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
});
test.afterEach(async () => visitor.page.context().close());

const workers = () => machines.all.flatMap((app) => descendants(app.process.pid ?? 0));

test('every worker is replaced while I shop', async () => {
  const before = workers();
  for (const app of machines.all) app.process.kill('SIGHUP');
  let added = 1;
  while (workers().some((pid) => before.includes(pid))) {
    await visitor.addToCart('Sencha');
    added++;
    expect(visitor.path()).toBe('/cart');
  }
  expect(await visitor.countInCart('Sencha')).toBe(String(added));
});

test('Redis restarts while I shop', async () => {
  await machines.redis.kill();
  await visitor.open('/cart');
  await expect(visitor.page.getByRole('heading', { name: 'One moment, please' })).toBeVisible();
  await expect(visitor.page.getByText('You have not been logged out')).toBeVisible();
  await machines.redis.start();
  await expect(async () => {
    await visitor.follow('Try again');
    await expect(visitor.page.getByRole('heading', { name: 'Your cart' })).toBeVisible({
      timeout: 1,
    });
  }).toPass();
  expect(await visitor.countInCart('Sencha')).toBe('1');
});

test('two machines, one cart', async () => {
  const cartPages = () =>
    machines.all.map((app) => app.output().split('"route":"/cart"').length - 1);
  const before = cartPages();
  for (let i = 0; i < 6; i++) expect(await visitor.countInCart('Sencha')).toBe('1');
  // Both have answered.
  await expect.poll(() => cartPages().every((count, i) => count > (before[i] ?? 0))).toBe(true);
});

test('a whole machine dies while I shop', async () => {
  await machines.all[1]?.kill();
  for (let added = 2; added <= 5; added++) {
    await visitor.addToCart('Sencha');
    expect(await visitor.countInCart('Sencha')).toBe(String(added));
  }
});
