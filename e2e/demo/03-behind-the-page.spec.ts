import { storeName } from '../server.js';
import { chapter, expect, needPanel, type Shopper, test } from './shopper.js';

chapter(
  'Each page of the demo says which worker has answered, and has a button that kills it. Where the ' +
    'session is, the button does not reach. One page goes through all of it, with the values of whoever ' +
    'reads it, down to the lines of the program.',
);
needPanel();

/** For a test in which a worker ends. */
function needSessionsThatStay(): void {
  test.skip(storeName() === 'memory', 'Sessions in a worker’s memory end with it: use a store');
}

async function workerOf(visitor: Shopper): Promise<string> {
  const panel = visitor.page.getByRole('complementary', { name: 'Behind this page' });
  const [, pid] = /pid\s(\d+)/.exec(await panel.innerText()) ?? [];
  return pid ?? '';
}

/** Kills the worker that the cart has come from; resolves to its process id. */
async function killWorker(visitor: Shopper): Promise<string> {
  let pid = '';
  // Behind a load balancer the click may reach another machine, which knows no such worker.
  await expect(async () => {
    await visitor.open('/cart');
    pid = await workerOf(visitor);
    await visitor.press('Kill this worker');
    await expect(visitor.page.getByRole('heading', { name: 'Your cart' })).toBeVisible({
      timeout: 2_000,
    });
  }).toPass();
  return pid;
}

test('a worker dies while I shop', async ({ visitor }) => {
  needSessionsThatStay();
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
  for (let added = 1; added <= 3; added++) {
    const killed = await killWorker(visitor);
    expect(await workerOf(visitor)).not.toBe(killed);
    expect(await visitor.countInCart('Sencha')).toBe(String(added));
    await visitor.addToCart('Sencha');
  }
});

test('a visitor sees that nothing is kept for them yet, and a user where their session is', async ({
  visitor,
  page,
}) => {
  const panel = page.getByRole('complementary', { name: 'Behind this page' });
  await visitor.open('/');
  await expect(panel).toContainText('none yet');
  await visitor.open('/login');
  await visitor.logIn();
  await expect(panel).toContainText('in 24 h, starts anew with each page');
});

test('what is said there changes with what is changed in its place', async ({ visitor, page }) => {
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
  const request = page.getByText('as it stands in the log').locator('..');
  const before = await request.innerText();
  await page.getByLabel('Quantity of Sencha').fill('3');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toContainText('£43.50');
  await expect(request).not.toHaveText(before);
});

test('I follow my own session through the program, from the cookie to the store', async ({
  visitor,
  page,
}) => {
  const step = (title: string) => page.getByRole('listitem').filter({ hasText: title });
  await visitor.open('/');
  await visitor.follow('How it works, step by step');
  await expect(step('You log in')).toContainText('nothing is kept for you');
  await page.getByRole('link', { name: 'Log in' }).last().click();
  await visitor.logIn();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How you stay logged in');
  const beginning = (await visitor.sessionId())?.slice(0, 4);
  await expect(step('Your browser gets a cookie')).toContainText(`session_id=${beginning}…;`);
  await expect(page.getByLabel('Your record')).toContainText('"owner": "');
  await expect(step('Two clocks run')).toContainText('86,400 s');
});

test('I see the next worker answer when mine is killed', async ({ visitor, page }) => {
  needSessionsThatStay();
  const answers = page.getByRole('list', { name: 'Who answered' }).getByRole('listitem');
  // Behind a load balancer the click may reach another machine, which knows no such worker.
  await expect(async () => {
    await visitor.open('/how-it-works');
    await visitor.press('Kill the worker that answered');
    await expect(answers).toHaveCount(2, { timeout: 2_000 });
  }).toPass();
  const [killed, next] = await answers.allInnerTexts();
  expect(next).not.toBe(killed);
});

test('I read the file that does a step, at the line that does it', async ({ visitor, page }) => {
  await visitor.open('/how-it-works');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'keyOf' })
    .getByRole('link', { name: 'src/session/session-id.ts' })
    .last()
    .click();
  const text = page.getByLabel('The text of src/session/session-id.ts');
  await expect(text).toContainText("return hash('sha256', id, 'base64url')");
  await expect(text.getByText('export function keyOf')).toBeInViewport();
  await visitor.follow('How it works', { exact: true });
  expect(visitor.path()).toBe('/how-it-works');
});
