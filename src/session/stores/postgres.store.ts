import type { PoolClient, QueryResult, QueryResultRow } from 'pg';

import type { SessionKey } from '../session-id.js';
import type { SessionLifetime } from '../session-lifetime.js';
import { decodeRecord, type SessionRecord } from '../session-record.js';
import { PostgresDriver } from './postgres.driver.js';
import { type PostgresTable, postgresTable } from './postgres.table.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';
import { SqlPool } from './sql.pool.js';
import { columnsOf, type ListedRow, listedSessions } from './sql.rows.js';
import { type SqlSettings, SWEEP_ROWS } from './sql.settings.js';
import { Sweep } from './sweep.js';

/** Sessions in a table of PostgreSQL 14 or newer. Each operation is one statement. */
export class PostgresStore implements SessionStore {
  readonly #table: PostgresTable;
  readonly #pool: SqlPool<PoolClient>;
  readonly #lifetime: SessionLifetime;
  readonly #sweep: Sweep;

  constructor(settings: SqlSettings, lifetime: SessionLifetime) {
    this.#table = postgresTable(settings.table);
    this.#pool = new SqlPool(new PostgresDriver(settings, this.#table), settings.timeoutMs);
    this.#lifetime = lifetime;
    this.#sweep = new Sweep(settings.sweepEveryMs, async () => this.#removeExpired());
  }

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    const { rowCount } = await this.#ask(this.#table.create, [
      key,
      ...columnsOf(record, this.#lifetime),
    ]);
    return rowCount === 1 ? '1' : null;
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    const { guestIdleMs, idleMs } = this.#lifetime;
    const { rows } = await this.#ask<StoredRow>(this.#table.read, [key, guestIdleMs, idleMs]);
    const [row] = rows;
    return row ? { record: decodeRecord(row.record), version: row.version } : null;
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    const values = [key, ...columnsOf(record, this.#lifetime), version];
    const { rows } = await this.#ask<{ version: Version }>(this.#table.replace, values);
    return rows[0]?.version ?? null;
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    const { rowCount } = await this.#ask(this.#table.delete, [key, version ?? null]);
    return rowCount === 1;
  }

  async list(owner: string): Promise<ListedSession[]> {
    const { rows } = await this.#ask<ListedRow>(this.#table.list, [Buffer.from(owner)]);
    return listedSessions(rows);
  }

  async count(): Promise<number> {
    const { rows } = await this.#ask<{ count: number }>(this.#table.count);
    return rows[0]?.count ?? 0;
  }

  async ping(): Promise<void> {
    await this.#ask(this.#table.ping);
  }

  async close(): Promise<void> {
    await this.#sweep.stop();
    await this.#pool.close();
  }

  async #removeExpired(): Promise<boolean> {
    const { rowCount } = await this.#ask(this.#table.sweep);
    return rowCount === SWEEP_ROWS;
  }

  async #ask<Row extends QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<QueryResult<Row>> {
    return this.#pool.ask(async (client) => client.query<Row>(statement, [...values]));
  }
}

interface StoredRow {
  readonly record: string;
  /** As text: pg does not trust a bigint to fit into a number. */
  readonly version: Version;
}
