import { hash } from 'node:crypto';

import { Logger } from '@nestjs/common';

import { SessionRecordCorrupt, SessionStoreUnavailable } from './session.errors.js';
import type { SessionKey } from './session-id.js';
import type { SessionLifetime } from './session-lifetime.js';
import { tellNobody, type TellEvent } from './session-observer.js';
import { NO_CLIENT } from './session-record.js';
import type { SessionStore } from './stores/session-store.js';

/** Why a session was ended by somebody else than its own browser: a word of the app's, or OVER_LIMIT. */
export type EndReason = string;

/** A later login of the same user needed the place. */
export const OVER_LIMIT = 'over-limit';

/**
 * Ends sessions, and leaves a note for the browser that will ask for one in vain. A note is the record of a guest under
 * a key that no id leads to: any store can keep it, and it goes when a guest's session would.
 */
export class SessionEndings {
  readonly #logger = new Logger('Session');

  constructor(
    private readonly store: SessionStore,
    private readonly lifetime: SessionLifetime,
    private readonly tell: TellEvent = tellNobody,
  ) {}

  /** Says whether there was a session to end. */
  async end(key: SessionKey, reason: EndReason): Promise<boolean> {
    // First: once the session is gone, its browser may ask at any moment.
    await this.#leaveNote(key, reason);
    const ended = await this.store.delete(key);
    if (ended) this.tell('ended');
    return ended;
  }

  /** Why a session that is gone was ended; null when nobody has ended it, or it is too long ago. */
  async reasonOf(key: SessionKey): Promise<EndReason | null> {
    try {
      const { data } = (await this.store.read(noteOf(key)))?.record ?? {};
      return typeof data === 'string' ? data : null;
    } catch (error) {
      if (error instanceof SessionRecordCorrupt) return null;
      throw error;
    }
  }

  /** The end of a session must not fail for its note. */
  async #leaveNote(key: SessionKey, reason: EndReason): Promise<void> {
    const createdAt = Date.now();
    const expiresAt = createdAt + this.lifetime.absoluteMs;
    const note = { data: reason, owner: null, createdAt, expiresAt, client: NO_CLIENT };
    try {
      await this.store.create(noteOf(key), note);
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      this.#logger.warn(`no note was left for an ended session: ${error.message}`);
    }
  }
}

function noteOf(key: SessionKey): SessionKey {
  return hash('sha256', `ended ${key}`, 'base64url') as SessionKey;
}
