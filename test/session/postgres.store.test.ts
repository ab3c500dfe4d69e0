import { Client } from 'pg';

import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { PostgresStore } from '../../src/session/stores/postgres.store.js';
import { describeSqlStoreFaults } from './contract/sql-store-faults.js';
import { describeSqlStoreTable } from './contract/sql-store-table.js';
import type { SqlStoreUnderTest } from './contract/sql-store-under-test.js';
import { describeStoreContract } from './contract/store-contract.js';
import { create, LONG } from './contract/store-under-test.js';

const SETTINGS = { table: 'sessions', poolSize: 10, timeoutMs: 5_000, sweepEveryMs: 100 };

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ logStatements: true });
});
afterAll(async () => server.stop());

describeStoreContract('postgres', async () => {
  const url = await server.createDatabase('contract');
  return {
    settings: { kind: 'postgres', ...SETTINGS, url },
    leftovers: async () => Number(await value(url, 'SELECT count(*) FROM sessions')),
    overwrite: async (key, text) =>
      value(url, `UPDATE sessions SET record = '${text}' WHERE session_key = '${key}'`),
  };
});

async function durable(): Promise<SqlStoreUnderTest> {
  return {
    server: await startPostgres({ durable: true }),
    open: (settings, lifetime) => new PostgresStore(settings, lifetime),
    value,
    hold: async (url, statements) => {
      const client = await connect(url);
      for (const statement of statements) await client.query(statement);
      return () => void client.end();
    },
    lockTable: ['BEGIN', 'LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE'],
    countWaiting: "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    countConnections: "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'",
    countTables: "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
    countIndexes: "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'",
  };
}

describeSqlStoreFaults('postgres', durable);
describeSqlStoreTable('postgres', durable);

describe('the PostgreSQL store', () => {
  let url: string;
  let store: PostgresStore;
  beforeAll(async () => {
    url = await server.createDatabase('store');
    store = new PostgresStore({ ...SETTINGS, url, sweepEveryMs: 3_600_000 }, LONG);
  });
  afterAll(async () => store.close());

  test('sends one statement for an operation', async () => {
    const { key, record } = await create(store);
    const before = server.statements().length;
    const stored = await store.read(key);
    await store.replace(key, stored?.version ?? '', record);
    await store.list('ada');
    await store.delete(key);
    const sent = server.statements().slice(before);
    expect(sent.map((statement) => statement.trim().split(' ')[0])).toEqual([
      'UPDATE',
      'UPDATE',
      'SELECT',
      'DELETE',
    ]);
  });

  test('writes no index for a read', async () => {
    const reader = new PostgresStore({ ...SETTINGS, url }, LONG);
    const { key } = await create(reader);
    for (let i = 0; i < 50; i++) await reader.read(key);
    // PostgreSQL counts what a connection has done when that ends. One read may fall on the ten minutes after which
    // the index is written.
    await reader.close();
    const hot = "SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sessions'";
    while (Number(await value(url, hot)) < 49);
  });

  test('removes what has expired in small steps', async () => {
    for (let i = 0; i < 450; i++) await create(store, { expiresAt: Date.now() - 1 });
    const before = server.statements().length;
    const sweeping = new PostgresStore({ ...SETTINGS, url }, LONG);
    while (Number(await value(url, 'SELECT count(*) FROM sessions WHERE dies_at <= now()')) > 0);
    await sweeping.close();
    const steps = server
      .statements()
      .slice(before)
      .filter((sent) => sent.includes('SKIP LOCKED'));
    expect(steps.length).toBeGreaterThanOrEqual(3);
  });

  test('needs no right to make tables where there is one', async () => {
    await store.ping();
    await value(url, "CREATE ROLE app LOGIN PASSWORD 'throw-away'");
    await value(url, 'GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO app');
    const asApp = Object.assign(new URL(url), { username: 'app' }).href;
    const least = new PostgresStore({ ...SETTINGS, url: asApp }, LONG);
    const { key, record } = await create(least);
    expect((await least.read(key))?.record).toEqual(record);
    await least.close();
  });
});

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // A test may end the server under it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function value(url: string, statement: string): Promise<unknown> {
  const client = await connect(url);
  const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
  await client.end();
  return rows[0]?.[0];
}
