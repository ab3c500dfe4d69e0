import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Page } from '@playwright/test';

import { chapter, expect, test } from './visitor.js';

chapter(
  'Another site can link to this one. It can make a browser do nothing there, and see nothing of it: ' +
    'its forms are refused, its scripts read nothing, and no page can be framed.',
);

/** The page of another site, with whatever it tries. */
let html = '';
let server: Server;
let elsewhere: string;
test.beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html>${html}`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // Another host than the program's, and so another site.
  elsewhere = `http://localhost:${(server.address() as AddressInfo).port}`;
});
test.afterAll(() => server.close());

test.beforeEach(async ({ visitor }) => {
  await visitor.beLoggedIn();
  await visitor.addToCart('Sencha');
});

async function visit(page: Page, what: string): Promise<void> {
  html = what;
  await page.goto(elsewhere);
}

for (const [what, path, field] of [
  ['put something into the cart', '/cart/items', 'product=cup'],
  ['log anybody out', '/logout', ''],
  ['log anybody in', '/login', 'email=grace@example.com&password=a walk along the river'],
] as const) {
  test(`a form on another site can’t ${what}`, async ({ visitor, page, baseURL }) => {
    const id = await visitor.sessionId();
    const fields = [...new URLSearchParams(field)].map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    await visit(
      page,
      `<form method="post" action="${baseURL}${path}">${fields.join('')}<button>Win</button></form>`,
    );
    await visitor.press('Win');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not allowed');
    expect(await visitor.sessionId()).toBe(id);
    expect(await visitor.countInCart('Sencha')).toBe('1');
    await expect(page.getByText('Tea cup')).toBeHidden();
  });
}

test('a script on another site reads nothing', async ({ page, baseURL }) => {
  await visit(page, '<p>Hello</p>');
  const read = await page.evaluate<string>(`
    fetch('${baseURL}/cart', { credentials: 'include' })
      .then((response) => response.text(), (error) => 'nothing: ' + error.name)`);
  expect(read).toBe('nothing: TypeError');
});

test('no page can be put into a frame', async ({ page, baseURL }) => {
  await visit(page, `<iframe src="${baseURL}/cart"></iframe>`);
  await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
  await expect(page.frameLocator('iframe').getByText('Sencha')).toHaveCount(0);
});

test('a link from another site leads to the cart, and its reader is still logged in', async ({
  visitor,
  page,
  baseURL,
}) => {
  await visit(page, `<a href="${baseURL}/cart">Your cart</a>`);
  await visitor.follow('Your cart');
  await expect(page.getByRole('main')).toContainText('Sencha');
});

test('no script can be written into a page, and none from elsewhere would run', async ({
  visitor,
  page,
}) => {
  await visitor.open('/login?next=/<script>document.title="stolen"</script>');
  expect(await page.title()).not.toBe('stolen');
  const ran = await page.evaluate<string>(`new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective));
    document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="document.title = 1">');
  })`);
  expect(ran).toMatch(/^script-src/);
});
