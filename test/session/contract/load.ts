import { setTimeout as pause } from 'node:timers/promises';

import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';
import type { SessionKey } from '../../../src/session/session-id.js';
import type { SessionStore, StoredSession } from '../../../src/session/stores/session-store.js';
import { aRecord, create } from './store-under-test.js';

/** Counts in some sessions, each as fast as the store answers, and remembers what the store acknowledged. */
export class Load {
  static async on(store: SessionStore, sessions = 20): Promise<Load> {
    const created = await Promise.all(
      Array.from({ length: sessions }, async () => create(store, { data: { n: 0 } })),
    );
    return new Load(
      store,
      created.map(({ key }) => key),
    );
  }

  /** The changes that were acknowledged, and the operations that failed. */
  acknowledged = 0;
  failed = 0;
  readonly #counts = new Map<SessionKey, number>();
  readonly #counting: Promise<unknown>;
  #stopped = false;

  private constructor(
    private readonly store: SessionStore,
    keys: SessionKey[],
  ) {
    this.#counting = Promise.all(keys.map(async (key) => this.#count(key)));
  }

  /** Resolves after as many more changes have been acknowledged. */
  async goesOn(changes = 200): Promise<void> {
    const enough = this.acknowledged + changes;
    while (this.acknowledged < enough) await pause(5);
  }

  /**
   * Stops, and resolves to the changes that were acknowledged and are not in the store.
   */
  async lost(): Promise<number> {
    this.#stopped = true;
    await this.#counting;
    let lost = 0;
    for (const [key, acknowledged] of this.#counts) {
      const stored = await this.store.read(key);
      lost += Math.max(0, acknowledged - (stored === null ? 0 : countIn(stored)));
    }
    return lost;
  }

  async #count(key: SessionKey): Promise<void> {
    let known: StoredSession | null = null;
    while (!this.#stopped) {
      try {
        known ??= await this.store.read(key);
        if (known === null) throw new Error('a session was lost as a whole');
        known = await this.#add(key, known);
      } catch (error) {
        if (!(error instanceof SessionStoreUnavailable)) throw error;
        this.failed++;
        known = null;
        // It may reject at once, and others need their turn.
        await pause(10);
      }
    }
  }

  async #add(key: SessionKey, { record, version }: StoredSession): Promise<StoredSession | null> {
    const n = countIn({ record, version }) + 1;
    const changed = aRecord({ ...record, data: { n } });
    const next = await this.store.replace(key, version, changed);
    if (next === null) return null;
    this.acknowledged++;
    this.#counts.set(key, n);
    return { record: changed, version: next };
  }
}

function countIn({ record }: StoredSession): number {
  return (record.data as { n: number }).n;
}
