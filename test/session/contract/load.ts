import { setTimeout as pause } from 'node:timers/promises';

import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';
import type {
  SessionStore,
  StoredSession,
  Version,
} from '../../../src/session/stores/session-store.js';
import { aRecord, create, type CreatedSession } from './store-under-test.js';
import { until } from './until.js';

/** What must not happen to changes. */
export interface Losses {
  /** Changes that were acknowledged and are not in the store. */
  readonly lost: number;
  /** Changes that are in the store more often than they were asked for. */
  readonly madeTwice: number;
}

/** Counts in some sessions, each as fast as the store answers, and compares what it acknowledged with what it has. */
export class Load {
  static async on(store: SessionStore, sessions = 20): Promise<Load> {
    const created = Array.from({ length: sessions }, async () => create(store, { data: { n: 0 } }));
    return new Load((await Promise.all(created)).map((session) => new Counter(store, session)));
  }

  readonly #counting: Promise<unknown>;
  #stopped = false;

  private constructor(private readonly counters: readonly Counter[]) {
    const over = (): boolean => this.#stopped;
    this.#counting = Promise.all(counters.map(async (counter) => counter.count(over)));
  }

  /** How many operations the store has failed. */
  get failed(): number {
    return sum(this.counters.map(({ failed }) => failed));
  }

  /** Resolves after as many more changes have been acknowledged. */
  async goesOn(changes = 200): Promise<void> {
    const acknowledged = (): number => sum(this.counters.map((counter) => counter.acknowledged));
    const enough = acknowledged() + changes;
    while (acknowledged() < enough) await pause(5);
  }

  /** Stops, and resolves to what went wrong with all changes. */
  async end(): Promise<Losses> {
    this.#stopped = true;
    await this.#counting;
    return {
      lost: sum(this.counters.map(({ lost }) => lost)),
      madeTwice: sum(this.counters.map(({ madeTwice }) => madeTwice)),
    };
  }
}

/** One session that is counted in, by nobody else. */
class Counter implements Losses {
  acknowledged = 0;
  failed = 0;
  lost = 0;
  madeTwice = 0;
  /** What the session said when it was last read, and what was acknowledged since. */
  #n = 0;

  constructor(
    private readonly store: SessionStore,
    private readonly session: CreatedSession,
  ) {}

  async count(over: () => boolean): Promise<void> {
    let { version } = await this.#readAgain(0);
    while (!over()) {
      const next = await this.#add(version);
      // That change may be in the store, or not, or come into it just now.
      version = next ?? (await this.#readAgain(1)).version;
    }
    await this.#readAgain(1);
  }

  /** One more; null when it was not acknowledged. */
  async #add(version: Version): Promise<Version | null> {
    const record = aRecord({ ...this.session.record, data: { n: this.#n + 1 } });
    try {
      const next = await this.store.replace(this.session.key, version, record);
      if (next === null) return null;
      this.#n++;
      this.acknowledged++;
      return next;
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      this.failed++;
      return null;
    }
  }

  /** Compares what is stored with what it must be, when as many changes are not known to be stored. */
  async #readAgain(uncertain: number): Promise<StoredSession> {
    const read: (StoredSession | null)[] = [];
    await until(async () => read.push(await this.store.read(this.session.key)) > 0);
    const [stored] = read;
    if (!stored) throw new Error('a session was lost as a whole');
    const { n } = stored.record.data as { n: number };
    this.lost += Math.max(0, this.#n - n);
    this.madeTwice += Math.max(0, n - this.#n - uncertain);
    this.#n = n;
    return stored;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
