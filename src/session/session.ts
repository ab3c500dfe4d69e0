import { isDeepStrictEqual } from 'node:util';

import { SessionEnded } from './session.errors.js';
import type { SessionChanges } from './session-changes.js';
import type { Change, SessionData } from './session-data.js';
import type { EndReason } from './session-endings.js';
import type { SessionHandle, SessionId, SessionKey } from './session-id.js';
import type { Client, SessionRecord } from './session-record.js';
import type { LiveSession, NewSession, SessionRepository } from './session-repository.js';

/** What became of the browser's cookie while a request was answered: a new id to set, or nothing to keep. */
export type CookieChange = { readonly set: SessionId } | 'clear';

/**
 * The session behind one request, as a handler sees it. A visitor has none in the store until something is
 * remembered for them: until then `data` is what the app begins with.
 */
export class Session {
  #live: LiveSession | null;
  #cookieChange: CookieChange | null = null;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly changes: SessionChanges,
    private readonly client: () => Client,
    live: LiveSession | null,
    /** What the browser's cookie stands for, whether there is a session or not. */
    private readonly cookieKey: SessionKey | null = live?.key ?? null,
    /** Why somebody else has ended the session that the browser's cookie stands for; null when nobody has. */
    readonly endReason: EndReason | null = null,
    /** Is asked before a session is stored for a visitor, and throws to refuse it. */
    private readonly admitGuest: () => Promise<void> = async () => undefined,
  ) {
    this.#live = live;
  }

  /** What the store held when this request read it or last changed it. Read-only. */
  get data(): SessionData {
    return this.#live?.record.data ?? this.sessions.initialData;
  }

  /** The id of the user who is signed in, or null. */
  get owner(): string | null {
    return this.#live?.record.owner ?? null;
  }

  /** The name of the session in the store, or null while there is none. */
  get key(): SessionKey | null {
    return this.#live?.key ?? null;
  }

  /** How long it lives from now on if nobody uses it, in milliseconds; null while there is none. */
  get msToLive(): number | null {
    return this.#live && this.sessions.msToLive(this.#live);
  }

  /** When the user logged in, the last time, in milliseconds since 1970; null while there is no session. */
  get createdAt(): number | null {
    return this.#live?.record.createdAt ?? null;
  }

  /** What lists of sessions call it by; null while there is none. */
  get handle(): SessionHandle | null {
    return this.#live?.record.handle ?? null;
  }

  /** When it ends however busy it is, in milliseconds since 1970; null while there is none. */
  get expiresAt(): number | null {
    return this.#live?.record.expiresAt ?? null;
  }

  /** All of it as the store held it; null while there is none. */
  get record(): SessionRecord | null {
    return this.#live && this.sessions.stored(this.#live.record);
  }

  /** What the answer has to tell the browser about its cookie, if anything. */
  get cookieChange(): CookieChange | null {
    return this.#cookieChange;
  }

  /**
   * Applies `change` to the newest data, atomically; on a conflict with another change it is applied again, so it
   * must do nothing but make new data. Once this resolves the change is in the store.
   * @throws SessionEnded when the session is gone: a change never brings one back
   * @throws SessionStoreUnavailable when the store can't answer
   */
  async update(change: Change): Promise<void> {
    if (this.#live) this.#live = await this.changes.apply(this.#live, change);
    else await this.#begin(change);
  }

  /**
   * Makes this the session of a user: a new login, under a new id. The data of a guest, or of the same user, moves along
   * and the old id is dead; the session of another user ends.
   * @throws SessionEnded when the session whose data is to move along has ended meanwhile
   */
  async signIn(userId: string, change: Change = (data) => data): Promise<void> {
    const old = this.#live;
    const isAnothers = old !== null && old.record.owner !== null && old.record.owner !== userId;
    if (old !== null && !isAnothers) {
      this.#become(await this.sessions.signIn(old, userId, this.client(), change));
    } else {
      await this.#replaceCookie(await this.sessions.signIn(null, userId, this.client(), change));
      if (isAnothers) await this.sessions.end(old.key, old.record);
    }
  }

  /**
   * Gives the session a new id: the login stays what it was, with its deadline, and the old id is dead.
   * @throws SessionEnded when the session has ended meanwhile
   */
  async regenerate(change: Change = (data) => data): Promise<void> {
    if (this.#live) this.#become(await this.sessions.regenerate(this.#live, change));
    else await this.#begin(change);
  }

  /**
   * Makes sure that the session is there still: before something that can't be undone, and may have had to wait.
   * @throws SessionEnded when it has ended since it was read
   */
  async verify(): Promise<void> {
    this.#live = this.#live && (await this.sessions.read(this.#live.key));
    if (this.#live === null) throw new SessionEnded();
  }

  /**
   * Ends the session, in the store and in the browser.
   * @throws SessionStoreUnavailable when the store can't confirm it: then the browser keeps its cookie, to try again
   */
  async end(): Promise<void> {
    // Also one that is not found: it may be an end that was not confirmed the first time.
    const key = this.key ?? this.cookieKey;
    if (key !== null) await this.sessions.end(key, this.#live?.record ?? null);
    this.#live = null;
    this.#cookieChange = 'clear';
  }

  /** Stores a session for a visitor, unless `change` leaves nothing to remember. */
  async #begin(change: Change): Promise<void> {
    const data = change(this.data);
    if (isDeepStrictEqual(data, this.data)) return;
    await this.admitGuest();
    await this.#replaceCookie(await this.sessions.createGuest(data, this.client()));
  }

  /** Becomes a session that does not follow on the one that the cookie stood for. */
  async #replaceCookie(made: NewSession): Promise<void> {
    const old = this.key ?? this.cookieKey;
    this.#become(made);
    if (old !== null) await this.sessions.supersede(old);
  }

  #become({ id, session }: NewSession): void {
    this.#live = session;
    this.#cookieChange = { set: id };
  }
}
