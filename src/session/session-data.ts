/**
 * What the app remembers in a session. The library knows no field of it; the app declares its own:
 *
 *     declare module './session/session-data.js' {
 *       interface SessionData { readonly wishes: readonly string[] }
 *     }
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- filled in by the app
export interface SessionData {}

/** Makes the next data out of the newest. It must return new data and leave what it is given alone (it is frozen). */
export type Change = (data: SessionData) => SessionData;

/** How the app's data begins and how it comes back from a store. */
export interface SessionDataFormat {
  /** What a session holds before anything was put into it. */
  initial(): SessionData;
  /** Stored data of this or an earlier version of the app as data of this one; null where that can't be done. */
  parse(stored: unknown): SessionData | null;
  /** What is stored of data, for `parse` to read again: the data itself, unless something shorter says the same. */
  encode?(data: SessionData): unknown;
}

/** Freezes data to the bottom, so that a change that writes into it fails instead of leaving it half-written. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
