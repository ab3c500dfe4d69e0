import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { SessionRecordCorrupt } from './session.errors.js';
import type { EndReason } from './session-endings.js';
import type { SessionKey } from './session-id.js';
import type { SessionLifetime } from './session-lifetime.js';
import { NO_CLIENT, type SessionRecord } from './session-record.js';
import type { SessionStore } from './stores/session-store.js';

/** No id leads to this key. */
const KEY = hash('sha256', 'all sessions end', 'base64url') as SessionKey;

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

  /** @param withinMs also how far the clocks of the machines may be apart */
  constructor(
    private readonly store: SessionStore,
    private readonly lifetime: SessionLifetime,
    private readonly withinMs: number,
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
    const createdAt = Date.now();
    const decree: Decree = { before: createdAt + this.withinMs, reason };
    const expiresAt = createdAt + this.lifetime.absoluteMs;
    const record = { data: decree, owner: OWNER, createdAt, expiresAt, client: NO_CLIENT };
    while (!(await this.#put(record)));
    await pause(this.withinMs);
  }

  /** False when somebody else did so at the same time. */
  async #put(record: SessionRecord): Promise<boolean> {
    const stored = await this.#read();
    if (stored === null) return (await this.store.create(KEY, record)) !== null;
    return (await this.store.replace(KEY, stored.version, record)) !== null;
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
