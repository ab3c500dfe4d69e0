import { expect, type Shop, test } from './shop.js';

// Each page of the demo says which worker has answered, and has a button that kills it. Where the session is, the
// button does not reach.

async function workerOf(shop: Shop): Promise<string> {
  const panel = shop.page.getByRole('complementary', { name: 'Behind this page' });
  const [, pid] = /pid\s(\d+)/.exec(await panel.innerText()) ?? [];
  return pid ?? '';
}

/** Kills the worker that the cart has come from; resolves to its process id. */
async function killWorker(shop: Shop): Promise<string> {
  let pid = '';
  // Behind a load balancer the click may reach another machine, which knows no such worker.
  await expect(async () => {
    await shop.open('/cart');
    pid = await workerOf(shop);
    await shop.page.getByRole('button', { name: 'Kill this worker' }).click();
    await expect(shop.page.getByRole('heading', { name: 'Your cart' })).toBeVisible({
      timeout: 2_000,
    });
  }).toPass();
  return pid;
}

test('a worker dies while I shop', async ({ shop }) => {
  await shop.open('/login');
  await shop.logIn();
  await shop.addToCart('Sencha');
  for (let added = 1; added <= 3; added++) {
    const killed = await killWorker(shop);
    expect(await workerOf(shop)).not.toBe(killed);
    expect(await shop.countInCart('Sencha')).toBe(String(added));
    await shop.addToCart('Sencha');
  }
});

test('a visitor sees that nothing is kept for them yet, and a user where their session is', async ({
  shop,
  page,
}) => {
  const panel = page.getByRole('complementary', { name: 'Behind this page' });
  await shop.open('/');
  await expect(panel).toContainText('none yet');
  await shop.open('/login');
  await shop.logIn();
  await expect(panel).toContainText('in 24 h, starts anew with each page');
});
