import { Logger } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';

import type { PostgresTable } from './postgres.table.js';
import type { SqlDriver } from './sql.pool.js';
import type { SqlSettings } from './sql.settings.js';

/** Connections to PostgreSQL, made when they are needed. */
export class PostgresDriver implements SqlDriver<PoolClient> {
  readonly server = 'PostgreSQL';
  readonly #logger = new Logger('PostgreSQL');
  readonly #pool: Pool;
  readonly #table: PostgresTable;
  #tableIsThere = false;

  constructor({ url, poolSize, timeoutMs }: SqlSettings, table: PostgresTable) {
    this.#table = table;
    this.#pool = new Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: timeoutMs,
      // The server, too, gives up a statement that nobody waits for any more: one behind a lock, for instance.
      statement_timeout: timeoutMs,
      keepAlive: true,
    });
    this.#pool.on('error', ({ message }) => {
      this.#logger.warn(`an idle connection broke: ${message}`);
    });
    // While a connection is lent its statement rejects with the error; without a listener it would end the process too.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async connect(): Promise<PoolClient> {
    return this.#pool.connect();
  }

  async prepare(client: PoolClient): Promise<void> {
    if (this.#tableIsThere) return;
    const { rowCount } = await client.query(this.#table.find);
    // Only then: a role that may not make tables is welcome where there is one, and no lock is taken.
    if (rowCount === 0) await client.query(this.#table.make);
    this.#tableIsThere = true;
  }

  release(client: PoolClient): void {
    client.release();
  }

  destroy(client: PoolClient): void {
    client.release(true);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
