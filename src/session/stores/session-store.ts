import type { SessionKey } from '../session-id.js';
import type { SessionRecord } from '../session-record.js';

/**
 * Where sessions live. A store moves records and knows nothing of cookies or of the app.
 *
 * What every store keeps to (`test/session/contract/` proves it on the real server of each):
 * - a record whose idle clock or absolute deadline has run out never comes back;
 * - of any number of concurrent `replace` on one version exactly one succeeds;
 * - a server that is away or slow rejects with SessionStoreUnavailable within the configured timeout:
 *   it is never taken for "no session";
 * - what can't be read as a record rejects with SessionRecordCorrupt, and is left out of lists;
 * - expired records go away by themselves;
 * - nothing is written outside the store's own prefix, table or folder.
 */
export interface SessionStore {
  /** Stores a new session; null when the key is taken: it never overwrites. */
  create(key: SessionKey, record: SessionRecord): Promise<Version | null>;

  /** Reads a session and restarts its idle clock, in one round trip; null when there is none. */
  read(key: SessionKey): Promise<StoredSession | null>;

  /** Stores `record` if the session is still the one of `version`, and restarts its idle clock; null when it is not. */
  replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null>;

  /** Deletes a session; with a version, only if it is still that one. Says whether there was one to delete. */
  delete(key: SessionKey, version?: Version): Promise<boolean>;

  /**
   * The live sessions of a user, in no order. It restarts no clock. A session that is given another key meanwhile, the new
   * one first, is in it under one of them at least.
   */
  list(owner: string): Promise<ListedSession[]>;

  /**
   * How many sessions there are, guests' included and give or take a few, for operators. It may look at each, which
   * takes its time. A store can do without.
   */
  count?(): Promise<number>;

  /** Resolves when the store answers. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

/** A stand of a session. It differs after each change; only the store that gave it knows what it means. */
export type Version = string;

export interface StoredSession {
  readonly record: SessionRecord;
  readonly version: Version;
}

export interface ListedSession {
  readonly key: SessionKey;
  readonly record: SessionRecord;
  /** When it was last read or changed, in milliseconds since 1970: told from its idle clock. */
  readonly lastSeenAt: number;
}
