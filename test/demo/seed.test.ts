import { APP } from '../../dev/app.js';
import { migrate, seed } from '../../dev/database.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { ask } from '../app/in-postgres.js';

let server: PostgresServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startPostgres();
  env = { DATABASE_URL: server.url, NODE_ENV: 'development' };
  await migrate(env);
});
afterAll(async () => server.stop());

const LOGIN = ['Log in as: ada@example.com', 'Password: a walk along the river'];

test('the seed makes two accounts and the products, and says how to log in and where to look', async () => {
  const said = await seed(env, APP.seed);
  expect(said.split('\n')).toEqual([...LOGIN, 'How it works: /how-it-works']);
  expect(await ask(server.url, 'SELECT 1 FROM users')).toHaveLength(2);
  expect(await ask(server.url, 'SELECT 1 FROM products')).toHaveLength(8);
});

test('without the panel there is no walk-through to name', async () => {
  expect((await seed({ ...env, DEMO_PANEL: 'false' }, APP.seed)).split('\n')).toEqual(LOGIN);
});

test('a price that somebody has changed stays as it is', async () => {
  await seed(env, APP.seed);
  await ask(server.url, "UPDATE products SET price_minor = 9900 WHERE slug = 'cup'");
  await seed(env, APP.seed);
  const price = "SELECT price_minor AS price FROM products WHERE slug = 'cup'";
  expect(await ask(server.url, price)).toEqual([{ price: 9900 }]);
});
