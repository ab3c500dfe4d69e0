import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Page } from '@playwright/test';

import { needCounter } from './needs.js';
import { ADA, chapter, expect, GRACE, test } from './visitor.js';

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
});

async function visit(page: Page, what: string): Promise<void> {
  html = what;
  await page.goto(elsewhere);
}

for (const [what, path, field] of [
  ['log anybody out', '/logout', ''],
  ['log anybody in', '/login', new URLSearchParams(GRACE).toString()],
] as const) {
  test(`a form on another site can’t ${what}`, async ({ visitor, page, baseURL }) => {
    const id = await visitor.sessionId();
    await visit(page, formTo(`${baseURL}${path}`, field));
    await visitor.press('Win');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not allowed');
    expect(await visitor.sessionId()).toBe(id);
    await visitor.open('/account');
    await expect(page.getByRole('main')).toContainText(ADA.email);
  });
}

test.describe('what is in the session', () => {
  needCounter();

  test('a form on another site can’t change it', async ({ visitor, page, baseURL }) => {
    await visitor.countOneMore();
    for (const [path, fields] of [
      ['/counter/add', ''],
      ['/counter', 'count=7'],
    ] as const) {
      await visit(page, formTo(`${baseURL}${path}`, fields));
      await visitor.press('Win');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not allowed');
      expect(await visitor.counted()).toBe(1);
    }
  });
});

test('a script on another site reads nothing', async ({ page, baseURL }) => {
  await visit(page, '<p>Hello</p>');
  const read = await page.evaluate<string>(`
    fetch('${baseURL}/account', { credentials: 'include' })
      .then((response) => response.text(), (error) => 'nothing: ' + error.name)`);
  expect(read).toBe('nothing: TypeError');
});

test('no page can be put into a frame', async ({ page, baseURL }) => {
  await visit(page, `<iframe src="${baseURL}/account"></iframe>`);
  await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
  await expect(page.frameLocator('iframe').getByText('Your account')).toHaveCount(0);
});

test('a link from another site leads to a page of the user, who is still logged in', async ({
  visitor,
  page,
  baseURL,
}) => {
  await visit(page, `<a href="${baseURL}/account">Over there</a>`);
  await visitor.follow('Over there');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your account');
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

function formTo(url: string, fields: string): string {
  const inputs = [...new URLSearchParams(fields)].map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  );
  return `<form method="post" action="${url}">${inputs.join('')}<button>Win</button></form>`;
}
