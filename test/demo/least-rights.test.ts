import { readFileSync } from 'node:fs';

import { type App, startApp } from '../../dev/app.js';
import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from '../app/browser.js';
import { ask } from '../app/in-postgres.js';

const PASSWORD = 'a-password-of-a-test';

let stack: Stack;
let app: App;
/** The database, as the app is given it. */
let url: string;
beforeAll(async () => {
  stack = await startStack();
  const role = readFileSync('deploy/postgres-role.sql', 'utf8');
  await ask(stack.postgres.url, role.replace(":'password'", `'${PASSWORD}'`));
  const user = { username: 'app', password: PASSWORD };
  url = Object.assign(new URL(stack.postgres.url), user).href;
  app = await startApp({ env: { ...stack.env, DATABASE_URL: url }, settings: stack.settings });
});
afterAll(async () => {
  await app.stop();
  await stack.stop();
});

test('the rights that deploy/ gives suffice to sell and to order', async () => {
  const ada = new Browser(app.url);
  await ada.logIn();
  expect((await ada.get('/products/tea')).status).toBe(200);
  await ada.post('/cart/items', { product: 'cup', quantity: '2' });
  const order = (await ada.post('/checkout', {})).headers.get('location') ?? '';
  expect(await ada.json(order)).toMatchObject({ count: 2 });
  expect((await ada.post('/account/delete', {})).status).toBe(303);
  expect(app.output()).not.toContain('permission denied');
});

test.each([
  "UPDATE products SET price_minor = 0 WHERE slug = 'tea'",
  'UPDATE orders SET user_id = NULL',
  'UPDATE order_lines SET price_minor = 0',
  'DELETE FROM orders',
])('they do not suffice to: %s', async (statement) => {
  await expect(ask(url, statement)).rejects.toThrow('permission denied');
});
