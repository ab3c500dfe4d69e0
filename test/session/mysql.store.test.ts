import { createConnection } from 'mysql2/promise';

import { type MariadbServer, runSql, startMariadb } from '../../dev/mariadb.js';
import { MysqlStore } from '../../src/session/stores/mysql.store.js';
import { describeSqlStoreFaults } from './contract/sql-store-faults.js';
import { describeSqlStoreTable } from './contract/sql-store-table.js';
import type { SqlStoreUnderTest } from './contract/sql-store-under-test.js';
import { describeStoreContract } from './contract/store-contract.js';
import { create, LONG } from './contract/store-under-test.js';

const SETTINGS = { table: 'sessions', poolSize: 10, timeoutMs: 5_000, sweepEveryMs: 100 };

let server: MariadbServer;
beforeAll(async () => {
  server = await startMariadb();
});
afterAll(async () => server.stop());

describeStoreContract('mysql', async () => {
  const url = await server.createDatabase('contract');
  return {
    settings: { kind: 'mysql', ...SETTINGS, url },
    leftovers: async () => Number(await value(url, 'SELECT count(*) FROM sessions')),
    overwrite: async (key, text) =>
      value(url, `UPDATE sessions SET record = '${text}' WHERE session_key = '${key}'`),
  };
});

async function durable(): Promise<SqlStoreUnderTest> {
  return {
    server: await startMariadb({ durable: true }),
    open: (settings, lifetime) => new MysqlStore(settings, lifetime),
    value,
    hold: async (url, statements) => {
      const connection = await createConnection(url);
      for (const statement of statements) await connection.query(statement);
      return () => connection.destroy();
    },
    lockTable: ['LOCK TABLES sessions WRITE'],
    // innodb_trx would tell of locks, but is not brought up to date while it is looked at all the time.
    countWaiting:
      "SELECT count(*) FROM information_schema.processlist WHERE command IN ('Query', 'Execute') AND id <> connection_id()",
    countConnections: "SELECT count(*) FROM information_schema.processlist WHERE user = 'root'",
    countTables: 'SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()',
    countIndexes:
      'SELECT count(*) FROM information_schema.statistics WHERE table_schema = DATABASE()',
  };
}

describeSqlStoreFaults('mysql', durable);
describeSqlStoreTable('mysql', durable);

describe('the MySQL store', () => {
  let url: string;
  let store: MysqlStore;
  beforeAll(async () => {
    url = await server.createDatabase('store');
    store = new MysqlStore({ ...SETTINGS, url, sweepEveryMs: 3_600_000 }, LONG);
  });
  afterAll(async () => store.close());

  test('removes what has expired in small steps', async () => {
    for (let i = 0; i < 450; i++) await create(store, { expiresAt: Date.now() - 1 });
    const steps =
      "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'COM_DELETE_MULTI'";
    const before = Number(await value(url, steps));
    const sweeping = new MysqlStore({ ...SETTINGS, url }, LONG);
    while (
      Number(await value(url, 'SELECT count(*) FROM sessions WHERE dies_at <= UTC_TIMESTAMP(3)')) >
      0
    );
    await sweeping.close();
    expect(Number(await value(url, steps)) - before).toBeGreaterThanOrEqual(3);
  });

  test('needs no right to make tables where there is one', async () => {
    await store.ping();
    await runSql(url, "CREATE USER app@localhost IDENTIFIED BY 'throw-away'");
    await runSql(url, 'GRANT SELECT, INSERT, UPDATE, DELETE ON store.sessions TO app@localhost');
    const asApp = Object.assign(new URL(url), { username: 'app', password: 'throw-away' }).href;
    const least = new MysqlStore({ ...SETTINGS, url: asApp }, LONG);
    const { key, record } = await create(least);
    expect((await least.read(key))?.record).toEqual(record);
    await least.close();
  });

  test('stores any text, and nothing but text, whatever the server takes for an escape', async () => {
    await runSql(url, "SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
    const quoting = new MysqlStore({ ...SETTINGS, url }, LONG);
    const owner = '\\\' OR 1=1; DROP TABLE sessions; -- \\" `';
    const { key, record } = await create(quoting, { owner, data: { owner } });
    expect((await quoting.read(key))?.record).toEqual(record);
    expect(await quoting.list(owner)).toHaveLength(1);
    await quoting.close();
  });
});

async function value(url: string, statement: string): Promise<unknown> {
  const rows = await runSql(url, statement);
  return Array.isArray(rows) ? Object.values(rows[0] ?? {})[0] : undefined;
}
