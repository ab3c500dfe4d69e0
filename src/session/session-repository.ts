import { Logger } from '@nestjs/common';

import { SessionRecordCorrupt, SessionStoreUnavailable } from './session.errors.js';
import type { AllSessionsEnd } from './all-sessions-end.js';
import { type EndReason, OVER_LIMIT, SessionEndings } from './session-endings.js';
import { type Change, frozen, type SessionData, type SessionDataFormat } from './session-data.js';
import { keyOf, newSessionId, type SessionId, type SessionKey } from './session-id.js';
import { msToLive, type SessionLifetime } from './session-lifetime.js';
import { tellNobody, type TellEvent } from './session-observer.js';
import type { Client, SessionRecord } from './session-record.js';
import type { SessionStore, StoredSession, Version } from './stores/session-store.js';

/** A session as it stood in the store at some moment. */
export interface LiveSession {
  readonly key: SessionKey;
  readonly version: Version;
  readonly record: SessionRecord<SessionData>;
}

export interface NewSession {
  /** For the browser alone. */
  readonly id: SessionId;
  readonly session: LiveSession;
}

/** How often a renewal may lose against changes of the old session before it gives up. */
const RENEW_ATTEMPTS = 50;

/** Moves sessions between the store and the app: data comes out checked and frozen. */
export class SessionRepository {
  readonly #logger = new Logger('Session');
  readonly #endings: SessionEndings;

  /**
   * @param mostPerOwner how many sessions a user may have: a login beyond that ends the oldest
   * @param allEnd knows whether all sessions were ended; without it that can't be
   * @param tell hears what becomes of sessions
   */
  constructor(
    private readonly store: SessionStore,
    private readonly lifetime: SessionLifetime,
    private readonly format: SessionDataFormat,
    private readonly mostPerOwner = Infinity,
    private readonly allEnd?: AllSessionsEnd,
    private readonly tell: TellEvent = tellNobody,
  ) {
    this.#endings = new SessionEndings(store, lifetime, tell);
  }

  /** Data of a session that nothing has been put into. */
  get initialData(): SessionData {
    return frozen(this.format.initial());
  }

  async create(owner: string | null, data: SessionData, client: Client): Promise<NewSession> {
    const id = newSessionId();
    const key = keyOf(id);
    const createdAt = Date.now();
    const expiresAt = createdAt + this.lifetime.absoluteMs;
    const record = { data: frozen(data), owner, createdAt, expiresAt, client };
    const version = await this.store.create(key, this.stored(record));
    if (version === null) throw new Error('the system gave the same 256 random bits twice');
    this.tell('made');
    return { id, session: { key, version, record } };
  }

  /** The session of a key, and its idle clock restarted; null when there is none, or none that this app can read. */
  async read(key: SessionKey): Promise<LiveSession | null> {
    const session = await this.#read(key);
    this.tell(session === null ? 'missed' : 'read');
    return session;
  }

  /** Stores new data in place of `session`'s; null when it was changed or ended meanwhile. */
  async replace(session: LiveSession, data: SessionData): Promise<LiveSession | null> {
    const record = { ...session.record, data };
    const version = await this.store.replace(session.key, session.version, this.stored(record));
    this.tell(version === null ? 'conflicted' : 'changed');
    return version === null ? null : { key: session.key, version, record };
  }

  /**
   * Gives a session a new owner under a new id, with its newest data; the old id is dead when this resolves.
   * Until it resolves nobody knows the new id, so a process that dies in between changes nothing for the user.
   */
  async renew(
    old: LiveSession | null,
    owner: string | null,
    client: Client,
    change: Change,
  ): Promise<NewSession> {
    let from = old;
    for (let attempt = 0; attempt < RENEW_ATTEMPTS; attempt++) {
      const data = change(from?.record.data ?? this.initialData);
      const renewed = await this.create(owner, data, client);
      // Before the old one goes: if this fails, it is still there.
      if (owner !== null) await this.#endOldest(owner, [renewed.session.key, from?.key]);
      if (from === null || (await this.#delete(from.key, from.version))) return renewed;
      // Somebody changed the old session after it was read: what they stored must move along.
      this.tell('conflicted');
      await this.#delete(renewed.session.key);
      from = await this.read(from.key);
    }
    throw new SessionStoreUnavailable(
      `a session changed ${RENEW_ATTEMPTS} times while it was renewed`,
    );
  }

  /** A record as the store has it. */
  stored(record: SessionRecord<SessionData>): SessionRecord {
    return { ...record, data: this.format.encode?.(record.data) ?? record.data };
  }

  /** How long a session lives from now on if nobody reads it, in milliseconds. */
  msToLive({ record }: LiveSession): number {
    return msToLive(record, this.lifetime);
  }

  /** Why somebody has ended a session that is gone, if anybody has. */
  async endReasonOf(key: SessionKey): Promise<EndReason | null> {
    return this.#endings.reasonOf(key);
  }

  async end(key: SessionKey): Promise<void> {
    await this.#delete(key);
  }

  /** Ends the oldest of a user's sessions that are too many. */
  async #endOldest(owner: string, spared: readonly (SessionKey | undefined)[]): Promise<void> {
    if (this.mostPerOwner === Infinity) return;
    const others = (await this.store.list(owner)).filter(({ key }) => !spared.includes(key));
    const excess = Math.max(0, others.length + 1 - this.mostPerOwner);
    const oldest = others.toSorted((a, b) => a.record.createdAt - b.record.createdAt);
    await Promise.all(
      oldest.slice(0, excess).map(async ({ key }) => this.#endings.end(key, OVER_LIMIT)),
    );
  }

  async #read(key: SessionKey): Promise<LiveSession | null> {
    const stored = await this.#readStored(key);
    if (stored === null) return null;
    const endReason = await this.allEnd?.reasonFor(stored.record);
    if (endReason) {
      await this.#endings.end(key, endReason);
      return null;
    }
    const data = this.format.parse(stored.record.data);
    if (data === null) return this.#discard(key, 'its data is not what this app stores');
    return { key, version: stored.version, record: { ...stored.record, data: frozen(data) } };
  }

  async #readStored(key: SessionKey): Promise<StoredSession | null> {
    try {
      return await this.store.read(key);
    } catch (error) {
      if (error instanceof SessionRecordCorrupt) return this.#discard(key, error.message);
      throw error;
    }
  }

  /** Says whether there was one to delete. */
  async #delete(key: SessionKey, version?: Version): Promise<boolean> {
    const ended = await this.store.delete(key, version);
    if (ended) this.tell('ended');
    return ended;
  }

  async #discard(key: SessionKey, reason: string): Promise<null> {
    this.#logger.warn(`session ${key.slice(0, 8)}… deleted: ${reason}`);
    await this.#delete(key);
    return null;
  }
}
