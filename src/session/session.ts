import type { SessionChanges } from './session-changes.js';
import type { Change, SessionData } from './session-data.js';
import type { EndReason } from './session-endings.js';
import { handleOf, type SessionHandle, type SessionId, type SessionKey } from './session-id.js';
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
    return this.key && handleOf(this.key);
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
    if (this.#live) {
      this.#live = await this.changes.apply(this.#live, change);
    } else {
      this.#become(await this.sessions.create(null, change(this.data), this.client()));
    }
  }

  /** Makes this the session of a user: under a new id, always; the data moves along and the old id is dead. */
  async signIn(owner: string, change: Change = (data) => data): Promise<void> {
    this.#become(await this.sessions.renew(this.#live, owner, this.client(), change));
  }

  /** Gives a guest's session a new id, as it changes: the data moves along and the old id is dead. */
  async renewForGuest(change: Change): Promise<void> {
    this.#become(await this.sessions.renew(this.#live, null, this.client(), change));
  }

  /**
   * Ends the session, in the store and in the browser.
   * @throws SessionStoreUnavailable when the store can't confirm it: then the browser keeps its cookie, to try again
   */
  async end(): Promise<void> {
    // Also one that is not found: it may be an end that was not confirmed the first time.
    const key = this.key ?? this.cookieKey;
    if (key !== null) await this.sessions.end(key);
    this.#live = null;
    this.#cookieChange = 'clear';
  }

  #become({ id, session }: NewSession): void {
    this.#live = session;
    this.#cookieChange = { set: id };
  }
}
