import { SessionRecordCorrupt } from './session.errors.js';
import type { SessionHandle } from './session-id.js';

/** Who made a session, for the list of devices. */
export interface Client {
  /** What the browser is called: see `nameDevice` of the options. */
  readonly device: string;
  readonly address: string;
}

/** A session as a store keeps it. */
export interface SessionRecord<Data = unknown> {
  readonly data: Data;
  /** Names the session to its user. It stays when the session gets another id. */
  readonly handle: SessionHandle;
  /** The user's id; null for a guest. */
  readonly owner: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The absolute deadline in milliseconds since 1970: nothing moves it. */
  readonly expiresAt: number;
  readonly client: Client;
  /** Whether the browser keeps the cookie when it is closed. Without the field it does not. */
  readonly persistent?: boolean;
}

/** A record of the library's own, which is nobody's session: it keeps `data` for `lifetimeMs` milliseconds at most. */
export function markerRecord(
  data: unknown,
  lifetimeMs: number,
  owner: string | null = null,
): SessionRecord {
  const createdAt = Date.now();
  return {
    data,
    handle: '' as SessionHandle,
    owner,
    createdAt,
    expiresAt: createdAt + lifetimeMs,
    client: { device: '', address: '' },
  };
}

/** A record as the text that stores keep. */
export function encodeRecord(record: SessionRecord): string {
  return JSON.stringify(record);
}

/** The record of a text that a store gave back. @throws SessionRecordCorrupt when it is none */
export function decodeRecord(text: string): SessionRecord {
  return checkRecord(parseJson(text));
}

/** Checks what a store gave back. @throws SessionRecordCorrupt when it is no record */
export function checkRecord(value: unknown): SessionRecord {
  if (!isRecord(value)) throw new SessionRecordCorrupt('a field is missing or of the wrong type');
  return value;
}

/** What `read` reads from a record; null when it is none. */
export function unlessCorrupt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SessionRecordCorrupt) return null;
    throw error;
  }
}

/** Parses JSON that a store gave back. @throws SessionRecordCorrupt when it is none */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SessionRecordCorrupt('not JSON', { cause });
  }
}

function isRecord(value: unknown): value is SessionRecord {
  return (
    isObject(value) &&
    'data' in value &&
    typeof value['handle'] === 'string' &&
    (value['owner'] === null || typeof value['owner'] === 'string') &&
    Number.isSafeInteger(value['createdAt']) &&
    Number.isSafeInteger(value['expiresAt']) &&
    isObject(value['client']) &&
    typeof value['client']['device'] === 'string' &&
    typeof value['client']['address'] === 'string' &&
    ['boolean', 'undefined'].includes(typeof value['persistent'])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
