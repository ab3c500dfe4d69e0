import type { StoreObserver } from './stores/observed.store.js';

/**
 * What becomes of sessions:
 * - `made`: stored under a new id, also the one that a login gives to a session that there was;
 * - `read`: looked up and found; `missed`: looked up, and there is none;
 * - `changed`: other data stored, however many changes at once;
 * - `conflicted`: not stored, since somebody else has changed or ended it meanwhile: it is tried again on the newest data;
 * - `ended`: deleted before its time, by whomever, also the one whose data a login takes along.
 */
export type SessionEvent = (typeof SESSION_EVENTS)[number];

export const SESSION_EVENTS = ['made', 'read', 'missed', 'changed', 'conflicted', 'ended'] as const;

export type TellEvent = (event: SessionEvent) => void;

/** Hears what the library does, on the way of each request: it must be quick and must not throw. */
export interface SessionObserver {
  readonly onEvent?: TellEvent;
  readonly onOperation?: StoreObserver;
}

export function tellNobody(): void {}
