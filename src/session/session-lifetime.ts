import type { SessionRecord } from './session-record.js';

/** The two clocks of a session, in milliseconds. */
export interface SessionLifetime {
  /** A signed-in session ends when it is not read for this long. */
  readonly idleMs: number;
  /** The same for a guest's. */
  readonly guestIdleMs: number;
  /** A session ends this long after it was made, however busy it is. */
  readonly absoluteMs: number;
}

/** How long a record lives from now on if nobody reads it, in milliseconds; 0 or less when its time is over. */
export function msToLive(record: SessionRecord, lifetime: SessionLifetime): number {
  return Math.min(idleMsOf(record, lifetime), record.expiresAt - Date.now());
}

/** The idle clock that runs for a record, in milliseconds. */
export function idleMsOf(record: SessionRecord, lifetime: SessionLifetime): number {
  return record.owner === null ? lifetime.guestIdleMs : lifetime.idleMs;
}

/** A store writes a user's list before the session itself: so long it may be between the two. */
const BEING_MADE_MS = 60_000;

/** Whether a session that is in its user's list and not in the store may be on its way there. */
export function mayBeBeingMade(expiresAt: number, { absoluteMs }: SessionLifetime): boolean {
  return expiresAt - absoluteMs > Date.now() - BEING_MADE_MS;
}
