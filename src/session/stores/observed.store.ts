import type { SessionKey } from '../session-id.js';
import type { SessionRecord } from '../session-record.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';

export type StoreOperation = Exclude<keyof SessionStore, 'close' | 'count'>;

/** Hears of each operation once it has ended: which, how many milliseconds it took, and with what error, if any. */
export type StoreObserver = (operation: StoreOperation, ms: number, error?: unknown) => void;

/** A store that tells an observer what it is asked, and is the store that it wraps in all else. */
export class ObservedStore implements SessionStore {
  constructor(
    private readonly store: SessionStore,
    private readonly observe: StoreObserver,
  ) {}

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    return this.#observed('create', async () => this.store.create(key, record));
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    return this.#observed('read', async () => this.store.read(key));
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    return this.#observed('replace', async () => this.store.replace(key, version, record));
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    return this.#observed('delete', async () => this.store.delete(key, version));
  }

  async list(owner: string): Promise<ListedSession[]> {
    return this.#observed('list', async () => this.store.list(owner));
  }

  async ping(): Promise<void> {
    return this.#observed('ping', async () => this.store.ping());
  }

  async close(): Promise<void> {
    return this.store.close();
  }

  async #observed<T>(operation: StoreOperation, ask: () => Promise<T>): Promise<T> {
    const started = performance.now();
    let failure: unknown;
    try {
      return await ask();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.observe(operation, performance.now() - started, failure);
    }
  }
}
