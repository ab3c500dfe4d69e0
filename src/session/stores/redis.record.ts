import { SessionRecordCorrupt } from '../session.errors.js';
import { checkRecord, parseJson, type SessionRecord } from '../session-record.js';
import type { StoredSession, Version } from './session-store.js';

/** A record as JSON that begins with its version, so that a script can compare it: `{"version":7,…}`. */
export function encode(version: number, record: SessionRecord): string {
  return JSON.stringify({ version, ...record });
}

/** What the text of a version begins with. */
export function prefixOf(version: Version): string {
  return `{"version":${version},`;
}

/** @throws SessionRecordCorrupt when the text is no record */
export function decode(text: string): StoredSession {
  const { version, ...fields } = Object(parseJson(text)) as Record<string, unknown>;
  const stand = String(version);
  // Of any other the scripts that compare versions would say, for ever, that somebody else had changed it.
  if (!Number.isSafeInteger(version) || !text.startsWith(prefixOf(stand))) {
    throw new SessionRecordCorrupt('it does not begin with its version');
  }
  return { record: checkRecord(fields), version: stand };
}
