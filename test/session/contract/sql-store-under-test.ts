import type { ServerProcess } from '../../../dev/server-process.js';
import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';
import type { SessionLifetime } from '../../../src/session/session-lifetime.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import type { SqlSettings } from '../../../src/session/stores/sql.settings.js';
import { LONG } from './store-under-test.js';

/** A database server that says of each change that it is stored only when it is on the disk. */
export interface SqlServer extends ServerProcess {
  createDatabase(name: string): Promise<string>;
}

export interface SqlStoreUnderTest {
  readonly server: SqlServer;
  open(settings: SqlSettings, lifetime: SessionLifetime): SessionStore;
  /** Runs a statement; resolves to the first column of the first row. */
  value(url: string, statement: string): Promise<unknown>;
  /** Runs statements on a connection of their own; resolves to what ends it. */
  hold(url: string, statements: readonly string[]): Promise<() => void>;
  readonly lockTable: readonly string[];
  /** Counts the statements that wait for a lock. */
  readonly countWaiting: string;
  /** Counts the connections of clients. */
  readonly countConnections: string;
  /** Counts the tables of the database that is connected to, and their indexes. */
  readonly countTables: string;
  readonly countIndexes: string;
}

export const POOL_SIZE = 4;
const TIMEOUT_MS = 1_000;
/** An operation on a server that can't answer may take this much longer than its timeout. */
const SLACK_MS = 500;

/** A new database with stores on it. */
export class SqlScene {
  static #databases = 0;

  /** @param settings of its stores, where they are not to be the usual ones */
  static async on(
    under: SqlStoreUnderTest,
    settings: Partial<SqlSettings> = {},
  ): Promise<SqlScene> {
    const url = await under.server.createDatabase(`scene_${++SqlScene.#databases}`);
    return new SqlScene(under, url, settings);
  }

  readonly store: SessionStore;
  readonly #opened: SessionStore[] = [];

  private constructor(
    private readonly under: SqlStoreUnderTest,
    private readonly url: string,
    private readonly settings: Partial<SqlSettings>,
  ) {
    this.store = this.open();
  }

  /** Opens another store on the same database. */
  open(settings: Partial<SqlSettings> = {}): SessionStore {
    const defaults = {
      url: this.url,
      table: 'sessions',
      poolSize: POOL_SIZE,
      timeoutMs: TIMEOUT_MS,
      sweepEveryMs: 3_600_000,
      ...this.settings,
    };
    const store = this.under.open({ ...defaults, ...settings }, LONG);
    this.#opened.push(store);
    return store;
  }

  /** Runs a statement; resolves to the first column of the first row. */
  async value(statement: string): Promise<unknown> {
    return this.under.value(this.url, statement);
  }

  async count(statement: string): Promise<number> {
    return Number(await this.value(statement));
  }

  async countRows(): Promise<number> {
    return this.count('SELECT count(*) FROM sessions');
  }

  /** Runs statements on a connection of their own; resolves to what ends it. */
  async hold(statements: readonly string[]): Promise<() => void> {
    return this.under.hold(this.url, statements);
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map(async (store) => store.close()));
  }
}

export async function expectUnavailable(ask: () => Promise<unknown>): Promise<void> {
  const started = Date.now();
  await expect(ask()).rejects.toThrow(SessionStoreUnavailable);
  expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + SLACK_MS);
}
