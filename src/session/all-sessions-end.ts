import { setTimeout as pause } from 'node:timers/promises';

import { SessionRecordCorrupt } from './session.errors.js';
import type { EndReason } from './session-endings.js';
import { markerKey } from './session-id.js';
import type { SessionLifetime } from './session-lifetime.js';
import { markerRecord, type SessionRecord } from './session-record.js';
import type { SessionStore, Version } from './stores/session-store.js';

const KEY = markerKey('all sessions end');

/** Owned, so that it lives as long as the sessions that it ends may. */
const OWNER = 'all sessions end';

interface Decree {
  /** Sessions of users that were made before this moment are over; milliseconds since 1970. */
  readonly before: number;
  readonly reason: EndReason;
}

const NONE: Decree = { before: 0, reason: '' };

/**
 * Ends the sessions of all users without looking for them: a record in the store says that those made before a moment
 * count no longer. Every process knows of it within `withinMs` milliseconds: it asks the store twice in that time, and
 * a process that could not ask for so long asks before it takes a session for live.
 */
export class AllSessionsEnd {
  #decree = NONE;
  /** When the decree was asked for, on the clock of `performance`. */
  #askedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param withinMs also how far the clocks of the machines may be apart
   * @param wait how to wait until all know, in milliseconds
   */
  constructor(
    private readonly store: SessionStore,
    private readonly lifetime: SessionLifetime,
    private readonly withinMs: number,
    private readonly wait: (ms: number) => Promise<unknown> = pause,
  ) {}

  /** Asks the store from now on. An outage needs no word here: sessions can't be read then. */
  watch(): void {
    const ask = (): void => void this.#ask().catch(() => undefined);
    ask();
    this.#timer = setInterval(ask, this.withinMs / 2).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Why a session was ended with all others; null when it was not. @throws SessionStoreUnavailable */
  async reasonFor({ owner, createdAt }: SessionRecord): Promise<EndReason | null> {
    if (owner === null) return null;
    if (performance.now() - this.#askedAt > this.withinMs) await this.#ask();
    return createdAt < this.#decree.before ? this.#decree.reason : null;
  }

  /** Resolves when no process takes an older session for live. @throws SessionStoreUnavailable */
  async endAll(reason: EndReason): Promise<void> {
    let askedAt: number;
    do {
      askedAt = Date.now();
      const decree: Decree = { before: askedAt + this.withinMs, reason };
      await this.#store(markerRecord(decree, this.lifetime.absoluteMs, OWNER));
      // A login that did not know of it by then may be later than the moment that it speaks of.
    } while (Date.now() - askedAt >= this.withinMs);
    await this.wait(this.withinMs);
  }

  async #store(record: SessionRecord): Promise<void> {
    let version: Version | null;
    do {
      const stored = await this.#read();
      version = stored
        ? await this.store.replace(KEY, stored.version, record)
        : await this.store.create(KEY, record);
      // Null when somebody else has stored one at the same time.
    } while (version === null);
  }

  async #ask(): Promise<void> {
    const askedAt = performance.now();
    const stored = await this.#read();
    // An answer may come after one to a later question.
    if (askedAt < this.#askedAt) return;
    this.#decree = (stored?.record.data as Decree | undefined) ?? NONE;
    this.#askedAt = askedAt;
  }

  /** What can't be read ends nothing, and makes room. */
  async #read() {
    try {
      return await this.store.read(KEY);
    } catch (error) {
      if (!(error instanceof SessionRecordCorrupt)) throw error;
      await this.store.delete(KEY);
      return null;
    }
  }
}
