import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';

import type { MysqlTable } from './mysql.table.js';
import type { SqlDriver } from './sql.pool.js';
import type { SqlSettings } from './sql.settings.js';

/**
 * How many operations may wait for a connection: after a longer wait the answer comes too late in any case. While the
 * server is away it bounds the memory of those that are not waited for any more.
 */
const LONGEST_QUEUE = 10_000;

/** Connections to MySQL or MariaDB, made when they are needed. */
export class MysqlDriver implements SqlDriver<PoolConnection> {
  readonly server = 'MySQL';
  readonly #pool: Pool;
  readonly #table: MysqlTable;
  readonly #timeoutMs: number;
  readonly #session: string;
  readonly #prepared = new WeakSet<object>();
  #tableIsThere = false;

  constructor({ url, poolSize, timeoutMs }: SqlSettings, table: MysqlTable) {
    this.#table = table;
    this.#timeoutMs = timeoutMs;
    this.#session = sessionVariables(timeoutMs);
    this.#pool = createPool({
      uri: url,
      connectionLimit: poolSize,
      queueLimit: LONGEST_QUEUE,
      connectTimeout: timeoutMs,
      multipleStatements: true,
    });
  }

  async connect(): Promise<PoolConnection> {
    return this.#pool.getConnection();
  }

  async prepare(connection: PoolConnection): Promise<void> {
    if (!this.#prepared.has(connection.connection)) {
      await connection.query(this.#session);
      this.#prepared.add(connection.connection);
    }
    if (this.#tableIsThere) return;
    const [found] = await connection.query(this.#table.find);
    // Only then: an account that may not make tables is welcome where there is one.
    if (Array.isArray(found) && found.length === 0) await connection.query(this.#table.make);
    this.#tableIsThere = true;
  }

  release(connection: PoolConnection): void {
    connection.release();
  }

  destroy(connection: PoolConnection): void {
    connection.destroy();
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    // The pool waits for connections that were destroyed while it closed, too. By then all that were in use are.
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#timeoutMs);
    });
    await Promise.race([this.#pool.end(), late]);
    clearTimeout(timer);
  }
}

/**
 * For each connection: what does not fit is refused and not cut off; no statement locks rows that it does not change;
 * and the server, too, gives up one behind a lock when nobody waits for it any more (by itself after 50 s for a row,
 * after a day for the table; it counts in whole seconds).
 */
function sessionVariables(timeoutMs: number): string {
  const seconds = Math.ceil(timeoutMs / 1_000);
  return `
SET SESSION sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = ${seconds}, lock_wait_timeout = ${seconds};
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED`;
}
