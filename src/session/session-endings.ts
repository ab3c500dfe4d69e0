import { Logger } from '@nestjs/common';

import { SessionRecordCorrupt, SessionStoreUnavailable } from './session.errors.js';
import { markerKey, type SessionHandle, type SessionKey } from './session-id.js';
import type { SessionLifetime } from './session-lifetime.js';
import { tellNobody, type TellEvent } from './session-observer.js';
import { markerRecord, type SessionRecord } from './session-record.js';
import type { ListedSession, SessionStore } from './stores/session-store.js';

/** Why a session was ended by somebody else than its own browser: a word of the app's, or OVER_LIMIT. */
export type EndReason = string;

/** A later login of the same user needed the place. */
export const OVER_LIMIT = 'over-limit';

/** What a session that was given another id is found by under that. */
export type Successor = Pick<SessionRecord, 'owner' | 'handle'>;

/** What is known of a session that is gone. */
export interface Tombstone {
  /** Why it was ended; null when it was not, but given another id. */
  readonly reason: EndReason | null;
  /** What goes on in its place; null when nothing does. */
  readonly successor: Successor | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How often a user's sessions may change while they are ended. */
const MAX_LOOKS = 100;

/**
 * Ends sessions, and leaves a tombstone for the browser that still has the id. A tombstone is the record of a guest under
 * a key that no id leads to: any store can keep it, and it goes when a guest's session would.
 */
export class SessionEndings {
  readonly #logger = new Logger('Session');

  constructor(
    private readonly store: SessionStore,
    private readonly lifetime: SessionLifetime,
    private readonly tell: TellEvent = tellNobody,
  ) {}

  /**
   * Says whether there was a session to end.
   * @param reason what to tell its browser; null for nothing
   */
  async end(key: SessionKey, reason: EndReason | null): Promise<boolean> {
    // First: once the session is gone, its browser may ask at any moment.
    if (reason !== null) await this.#leave(key, { reason }, ({ successor }) => successor !== null);
    const ended = await this.store.delete(key);
    if (ended) this.tell('ended');
    return ended;
  }

  /**
   * Ends those of a user's sessions that `select` picks, and looks again until it picks none: a session may be given
   * another id while the others are ended. Resolves to the handles of those that were ended.
   */
  async endAll(
    owner: string,
    select: (sessions: ListedSession[]) => ListedSession[],
    reason: EndReason | null,
  ): Promise<ReadonlySet<SessionHandle>> {
    const ended = new Set<SessionHandle>();
    for (let look = 0; look < MAX_LOOKS; look++) {
      const selected = select(await this.store.list(owner));
      if (selected.length === 0) return ended;
      const end = async ({ key, record }: ListedSession): Promise<void> => {
        if (await this.end(key, reason)) ended.add(record.handle);
      };
      await Promise.all(selected.map(end));
    }
    throw new SessionStoreUnavailable(
      `a user's sessions changed ${MAX_LOOKS} times while they were ended`,
    );
  }

  /** Leaves word that a session is about to go on under another id. A revocation that came first keeps the last word. */
  async announce(key: SessionKey, { owner, handle }: Successor): Promise<void> {
    await this.#leave(key, { successor: { owner, handle } }, ({ reason }) => reason === null);
  }

  /** Takes back why a session was ended, if it was: its browser goes on with another one. */
  async forget(key: SessionKey): Promise<void> {
    try {
      const there = await this.#read(key);
      if (there?.tombstone.reason) await this.store.delete(keyOfTombstone(key), there.version);
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      this.#logger.warn(`an ended session keeps its tombstone: ${error.message}`);
    }
  }

  /** Null when nobody has ended the session, or it is too long ago. */
  async tombstoneOf(key: SessionKey): Promise<Tombstone | null> {
    return (await this.#read(key))?.tombstone ?? null;
  }

  /** The end of a session must not fail for its tombstone. */
  async #leave(
    key: SessionKey,
    { reason = null, successor = null }: Partial<Tombstone>,
    replaces: (current: Tombstone) => boolean,
  ): Promise<void> {
    const record = markerRecord({ reason, successor }, this.lifetime.absoluteMs);
    try {
      if ((await this.store.create(keyOfTombstone(key), record)) !== null) return;
      const there = await this.#read(key);
      if (there && replaces(there.tombstone)) {
        await this.store.replace(keyOfTombstone(key), there.version, record);
      }
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      this.#logger.warn(`an ended session has no tombstone: ${error.message}`);
    }
  }

  async #read(key: SessionKey) {
    try {
      const stored = await this.store.read(keyOfTombstone(key));
      if (stored === null) return null;
      const { data, createdAt: at } = stored.record;
      return { tombstone: { ...(data as Omit<Tombstone, 'at'>), at }, version: stored.version };
    } catch (error) {
      if (error instanceof SessionRecordCorrupt) return null;
      throw error;
    }
  }
}

function keyOfTombstone(key: SessionKey): SessionKey {
  return markerKey(`ended ${key}`);
}
