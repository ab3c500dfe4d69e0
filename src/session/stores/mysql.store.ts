import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';

import type { SessionKey } from '../session-id.js';
import type { SessionLifetime } from '../session-lifetime.js';
import { decodeRecord, type SessionRecord } from '../session-record.js';
import { MysqlDriver } from './mysql.driver.js';
import { type MysqlTable, mysqlTable } from './mysql.table.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';
import { SqlPool } from './sql.pool.js';
import { columnsOf, type ListedRow, listedSessions } from './sql.rows.js';
import { type SqlSettings, SWEEP_ROWS } from './sql.settings.js';
import { Sweep } from './sweep.js';

/**
 * Sessions in a table of MySQL 8 or MariaDB 10.6, or newer. Each operation is one round trip.
 *
 * What an app has a say in is sent as parameters of prepared statements, which no setting of the server can make part
 * of a statement. Only the keys of a read and of a sweep are written into their texts, since neither two statements nor
 * a list of any length can be prepared as one: as hexadecimal numbers.
 */
export class MysqlStore implements SessionStore {
  readonly #table: MysqlTable;
  readonly #pool: SqlPool<PoolConnection>;
  readonly #lifetime: SessionLifetime;
  readonly #sweep: Sweep;

  constructor(settings: SqlSettings, lifetime: SessionLifetime) {
    this.#table = mysqlTable(settings.table);
    this.#pool = new SqlPool(new MysqlDriver(settings, this.#table), settings.timeoutMs);
    this.#lifetime = lifetime;
    this.#sweep = new Sweep(settings.sweepEveryMs, async () => this.#removeExpired());
  }

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    const values = [...columnsOf(record, this.#lifetime), key];
    return this.#pool.ask(async (connection) => {
      try {
        await connection.execute(this.#table.create, values);
        return '1';
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ER_DUP_ENTRY') return null;
        throw error;
      }
    });
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    const { guestIdleMs, idleMs } = this.#lifetime;
    // The driver writes bytes as a hexadecimal number.
    const bytes = Buffer.from(key);
    const [row] = await this.#pool.ask(async (connection) => {
      const values = [guestIdleMs, idleMs, bytes, bytes];
      const [[, rows = []]] = await connection.query<StoredRow[][]>(this.#table.read, values);
      return rows;
    });
    return row ? { record: decodeRecord(row.record), version: String(row.version) } : null;
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    const values = [...columnsOf(record, this.#lifetime), key, version];
    const replaced = await this.#change(this.#table.replace, values);
    return replaced === 1 ? String(Number(version) + 1) : null;
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    const deleted = await (version === undefined
      ? this.#change(this.#table.delete, [key])
      : this.#change(this.#table.deleteVersion, [key, version]));
    return deleted === 1;
  }

  async list(owner: string): Promise<ListedSession[]> {
    const rows = await this.#pool.ask(async (connection) => {
      const [found] = await connection.execute<(ListedRow & RowDataPacket)[]>(this.#table.list, [
        Buffer.from(owner),
      ]);
      return found;
    });
    return listedSessions(rows);
  }

  async count(): Promise<number> {
    const [row] = await this.#pool.ask(async (connection) => {
      const [rows] = await connection.query<CountRow[]>(this.#table.count);
      return rows;
    });
    return row?.count ?? 0;
  }

  async ping(): Promise<void> {
    await this.#pool.ask(async (connection) => connection.query(this.#table.ping));
  }

  async close(): Promise<void> {
    await this.#sweep.stop();
    await this.#pool.close();
  }

  async #removeExpired(): Promise<boolean> {
    return this.#pool.ask(async (connection) => {
      const [expired] = await connection.query<KeyRow[]>(this.#table.expired);
      if (expired.length === 0) return false;
      const keys = expired.map(({ session_key }) => session_key);
      const [{ affectedRows }] = await connection.query<ResultSetHeader>(this.#table.sweep, [keys]);
      return affectedRows > 0 && expired.length === SWEEP_ROWS;
    });
  }

  /** Resolves to how many rows there were for a statement. */
  async #change(statement: string, values: (string | number | Buffer | null)[]): Promise<number> {
    return this.#pool.ask(async (connection) => {
      const [{ affectedRows }] = await connection.execute<ResultSetHeader>(statement, values);
      return affectedRows;
    });
  }
}

interface CountRow extends RowDataPacket {
  readonly count: number;
}

interface KeyRow extends RowDataPacket {
  readonly session_key: Buffer;
}

interface StoredRow extends RowDataPacket {
  readonly record: string;
  readonly version: number;
}
