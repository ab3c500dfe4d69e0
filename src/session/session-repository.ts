import { Logger } from '@nestjs/common';

import { SessionEnded, SessionRecordCorrupt, SessionStoreUnavailable } from './session.errors.js';
import type { AllSessionsEnd } from './all-sessions-end.js';
import { type EndReason, OVER_LIMIT, SessionEndings, type Successor } from './session-endings.js';
import { type Change, frozen, type SessionData, type SessionDataFormat } from './session-data.js';
import {
  keyOf,
  newSessionHandle,
  newSessionId,
  type SessionHandle,
  type SessionId,
  type SessionKey,
} from './session-id.js';
import { msToLive, type SessionLifetime } from './session-lifetime.js';
import { tellNobody, type TellEvent } from './session-observer.js';
import type { Client, SessionRecord } from './session-record.js';
import type {
  ListedSession,
  SessionStore,
  StoredSession,
  Version,
} from './stores/session-store.js';

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

/** How long a request may be under way with an id that is dead since. */
const UNDER_WAY_MS = 60_000;

interface SessionOfKey {
  readonly key: SessionKey;
  readonly record: SessionRecord;
}

export interface RepositoryOptions {
  /** How many sessions a user may have: a login beyond that ends the oldest. No limit by default. */
  readonly mostPerOwner?: number | undefined;
  /** Knows whether all sessions were ended; without it that can't be. */
  readonly allEnd?: AllSessionsEnd;
  /** Hears what becomes of sessions. */
  readonly tell?: TellEvent;
}

/** How often a session may change while it is given another id. */
const MAX_ATTEMPTS = 50;

/** Moves sessions between the store and the app: data comes out checked and frozen. */
export class SessionRepository {
  readonly #logger = new Logger('Session');
  readonly #endings: SessionEndings;
  readonly #tell: TellEvent;

  constructor(
    private readonly store: SessionStore,
    private readonly lifetime: SessionLifetime,
    private readonly format: SessionDataFormat,
    private readonly options: RepositoryOptions = {},
  ) {
    this.#tell = options.tell ?? tellNobody;
    this.#endings = new SessionEndings(store, lifetime, this.#tell);
  }

  /** Data of a session that nothing has been put into. */
  get initialData(): SessionData {
    return frozen(this.format.initial());
  }

  /** Stores a session for a visitor who has none. */
  async createGuest(data: SessionData, client: Client): Promise<NewSession> {
    return this.#create(this.#newLogin(null, data, client));
  }

  /** The session of a key, and its idle clock restarted; null when there is none, or none that this app can read. */
  async read(key: SessionKey): Promise<LiveSession | null> {
    const session = await this.#read(key);
    this.#tell(session === null ? 'missed' : 'read');
    return session;
  }

  /** Stores new data in place of `session`'s; null when it was changed or ended meanwhile. */
  async replace(session: LiveSession, data: SessionData): Promise<LiveSession | null> {
    if (await this.#endedWithAll(session)) return null;
    const record = { ...session.record, data };
    const version = await this.store.replace(session.key, session.version, this.stored(record));
    this.#tell(version === null ? 'conflicted' : 'changed');
    return version === null ? null : { key: session.key, version, record };
  }

  /**
   * Begins a login. With `old`, the session that the browser has, its newest data moves along and its id is dead when
   * this resolves.
   * @param persistent by default as in `old` if that is the same user's, else false
   * @throws SessionEnded when `old` has ended meanwhile
   */
  async signIn(
    old: LiveSession | null,
    userId: string,
    client: Client,
    change: Change,
    persistent?: boolean,
  ): Promise<NewSession> {
    const begin = (from: Partial<SessionRecord<SessionData>>): SessionRecord<SessionData> => {
      const login = this.#newLogin(userId, change(from.data ?? this.initialData), client);
      const isAgain = from.owner === userId;
      return {
        ...login,
        // To the user it is the same device.
        ...(isAgain && from.handle && { handle: from.handle }),
        ...((persistent ?? (isAgain && from.persistent)) && { persistent: true }),
      };
    };
    const login =
      old === null ? await this.#create(begin({})) : await this.#moveToNewId(old, begin);
    // A login again at the same device makes none too many.
    if (old?.record.owner !== userId) {
      await this.#endOldest(userId, login.session.record.handle);
    }
    return login;
  }

  /**
   * Gives a session a new id. It is the same login still: its deadline and the time of the login stay.
   * @throws SessionEnded when it has ended meanwhile
   */
  async regenerate(old: LiveSession, change: Change): Promise<NewSession> {
    return this.#moveToNewId(old, (record) => ({ ...record, data: change(record.data) }));
  }

  /** A record as the store has it. */
  stored(record: SessionRecord<SessionData>): SessionRecord {
    return { ...record, data: this.format.encode?.(record.data) ?? record.data };
  }

  /** How long a session lives from now on if nobody reads it, in milliseconds. */
  msToLive({ record }: LiveSession): number {
    return msToLive(record, this.lifetime);
  }

  /** The first reason that is known for the end of one of these sessions; null when none is, or it is too long ago. */
  async endReasonOf(keys: readonly SessionKey[]): Promise<EndReason | null> {
    const tombstones = await Promise.all(keys.map(async (key) => this.#endings.tombstoneOf(key)));
    return tombstones.find((tombstone) => tombstone?.reason)?.reason ?? null;
  }

  /**
   * Ends a session for its own browser: also under the id that a request beside this one has given it a moment ago.
   * @param login what it was when it was read, if it was found
   */
  async end(key: SessionKey, login: Successor | null): Promise<void> {
    if (await this.#delete(key)) return;
    const { owner, handle } = login ?? (await this.#successorOf(key)) ?? {};
    if (!owner) return;
    const isIt = ({ record }: ListedSession): boolean => record.handle === handle;
    await this.#endings.endAll(owner, (sessions) => sessions.filter(isIt), null);
  }

  /** For a browser that goes on with another session: a late answer must not take that cookie away with the old one. */
  async forgetEndReasons(keys: readonly SessionKey[]): Promise<void> {
    for (const key of keys) await this.#endings.forget(key);
  }

  async #successorOf(key: SessionKey): Promise<Successor | null> {
    const tombstone = await this.#endings.tombstoneOf(key);
    return tombstone && Date.now() - tombstone.at < UNDER_WAY_MS ? tombstone.successor : null;
  }

  #newLogin(owner: string | null, data: SessionData, client: Client): SessionRecord<SessionData> {
    const createdAt = Date.now();
    const expiresAt = createdAt + this.lifetime.absoluteMs;
    return { data, handle: newSessionHandle(), owner, createdAt, expiresAt, client };
  }

  async #create(unfrozen: SessionRecord<SessionData>): Promise<NewSession> {
    const record = { ...unfrozen, data: frozen(unfrozen.data) };
    const id = newSessionId();
    const key = keyOf(id);
    const version = await this.store.create(key, this.stored(record));
    if (version === null) throw new Error('the system gave the same 256 random bits twice');
    this.#tell('made');
    return { id, session: { key, version, record } };
  }

  /**
   * Stores what follows on a session under a new id, and then deletes the old one if it is still the one that was read.
   * In this order a process that dies in between changes nothing for the user: nobody knows the new id yet. And only
   * whoever deletes the old one has moved it, so what has ended meanwhile has nothing after it.
   */
  async #moveToNewId(
    old: LiveSession,
    next: (record: SessionRecord<SessionData>) => SessionRecord<SessionData>,
  ): Promise<NewSession> {
    let from: LiveSession | null = old;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (from === null || (await this.#endedWithAll(from))) throw new SessionEnded();
      const moved = await this.#create(next(from.record));
      if (await this.#takePlaceOf(from, moved.session)) return moved;
      this.#tell('conflicted');
      // Somebody has changed the old one after it was read: what they stored must move along.
      from = await this.read(from.key);
    }
    throw new SessionStoreUnavailable(
      `a session changed ${MAX_ATTEMPTS} times while it was given another id`,
    );
  }

  /** Deletes `from`; or `moved`, if `from` was changed or ended meanwhile. Says whether `moved` is there to stay. */
  async #takePlaceOf(from: LiveSession, moved: LiveSession): Promise<boolean> {
    let taken = false;
    try {
      await this.#endings.announce(from.key, moved.record);
      taken = await this.#delete(from.key, from.version);
    } finally {
      if (!taken) await this.#delete(moved.key);
    }
    return taken;
  }

  /**
   * Ends the oldest of a user's sessions that are too many, but never `spared`. The login that made them too many has
   * happened: while the store can't answer, they stay until the next one.
   */
  async #endOldest(owner: string, spared: SessionHandle): Promise<void> {
    const { mostPerOwner } = this.options;
    if (mostPerOwner === undefined) return;
    const excessive = (sessions: ListedSession[]): ListedSession[] => {
      const oldestFirst = sessions.toSorted((a, b) => a.record.createdAt - b.record.createdAt);
      // A session that is given another id just now is there twice.
      const others = new Set(oldestFirst.map(({ record }) => record.handle));
      others.delete(spared);
      const excess = Math.max(0, others.size + 1 - mostPerOwner);
      const tooMany = new Set([...others].slice(0, excess));
      return sessions.filter(({ record }) => tooMany.has(record.handle));
    };
    try {
      await this.#endings.endAll(owner, excessive, OVER_LIMIT);
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      this.#logger.warn(`a user may have too many sessions until the next login: ${error.message}`);
    }
  }

  async #endedWithAll({ key, record }: SessionOfKey): Promise<boolean> {
    const endReason = await this.options.allEnd?.reasonFor(record);
    if (!endReason) return false;
    await this.#endings.end(key, endReason);
    return true;
  }

  async #read(key: SessionKey): Promise<LiveSession | null> {
    const stored = await this.#readStored(key);
    if (stored === null) return null;
    if (await this.#endedWithAll({ key, record: stored.record })) return null;
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
    if (ended) this.#tell('ended');
    return ended;
  }

  async #discard(key: SessionKey, reason: string): Promise<null> {
    this.#logger.warn(`session ${key.slice(0, 8)}… deleted: ${reason}`);
    await this.#delete(key);
    return null;
  }
}
