import type { SessionKey } from '../session-id.js';
import { idleMsOf, type SessionLifetime } from '../session-lifetime.js';
import {
  decodeRecord,
  encodeRecord,
  type SessionRecord,
  unlessCorrupt,
} from '../session-record.js';
import type { ListedSession } from './session-store.js';

/** A row as the statement for a user's list gives it. */
export interface ListedRow {
  readonly session_key: string | Buffer;
  readonly record: string;
  readonly last_seen_at: number;
}

/** What a row takes from a record, in the order that the statements expect. */
export function columnsOf(
  record: SessionRecord,
  lifetime: SessionLifetime,
): (string | number | Buffer | null)[] {
  const { owner, expiresAt } = record;
  return [
    owner === null ? null : Buffer.from(owner),
    encodeRecord(record),
    expiresAt,
    idleMsOf(record, lifetime),
  ];
}

/** The sessions of rows, without those that can't be read. */
export function listedSessions(rows: readonly ListedRow[]): ListedSession[] {
  return rows.flatMap(({ session_key: key, record: text, last_seen_at: lastSeenAt }) => {
    const record = unlessCorrupt(() => decodeRecord(text));
    return record ? [{ key: key.toString() as SessionKey, record, lastSeenAt }] : [];
  });
}
