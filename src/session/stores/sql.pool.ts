import { answerOf } from './answer.js';

/** The connections of a driver, as a pool keeps them. */
export interface SqlDriver<Connection> {
  /** The server's name, for messages. */
  readonly server: string;
  /** A connection that is free, or a new one. */
  connect(): Promise<Connection>;
  /** Sees to it that a connection can be worked with, and that the table is there. */
  prepare(connection: Connection): Promise<void>;
  /** Gives a connection back that is fit for the next. */
  release(connection: Connection): void;
  /** Closes a connection, whatever it is doing. */
  destroy(connection: Connection): void;
  close(): Promise<void>;
}

/** Lends connections for one operation each, and never longer than an operation may take. */
export class SqlPool<Connection> {
  readonly #driver: SqlDriver<Connection>;
  readonly #timeoutMs: number;

  constructor(driver: SqlDriver<Connection>, timeoutMs: number) {
    this.#driver = driver;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Asks the server through a connection that nobody else has meanwhile. One that fails or comes too late is closed:
   * it may be in any state, or lead to a server that was replaced by another.
   * @throws SessionStoreUnavailable, and nothing is sent after that
   */
  async ask<T>(statement: (connection: Connection) => Promise<T>): Promise<T> {
    return answerOf(this.#driver.server, this.#timeoutMs, async () => {
      const deadline = performance.now() + this.#timeoutMs;
      const connection = await this.#driver.connect();
      const msLeft = deadline - performance.now();
      if (msLeft <= 0) {
        this.#driver.release(connection);
        throw new Error('no connection was free in time');
      }
      return this.#use(connection, msLeft, statement);
    });
  }

  async close(): Promise<void> {
    await this.#driver.close();
  }

  async #use<T>(
    connection: Connection,
    msLeft: number,
    statement: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#driver.destroy(connection);
    }, msLeft);
    try {
      await this.#driver.prepare(connection);
      const result = await statement(connection);
      if (!late) this.#driver.release(connection);
      return result;
    } catch (error) {
      if (!late) this.#driver.destroy(connection);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
