import type { SessionStore } from '../../../src/session/stores/session-store.js';

/** A store that can be looked at while it works. */
export interface MeasuredStore {
  readonly store: SessionStore;
  /** How often it has waited so far: for its server, or for its disk. */
  readonly waits: () => number;
  /** How many bytes are in use for sessions; null where this machine can't tell. */
  readonly bytes: () => Promise<number | null>;
  /** How many sessions tell what one takes. */
  readonly sessions: number;
  readonly stop: () => Promise<void>;
}

/**
 * Enough that a server's steps, like a page or an extent, are little of the whole. And not so many that Redis is just
 * doubling its tables: it does that at powers of two, and a session has two keys.
 */
export const SESSIONS = 8_000;
