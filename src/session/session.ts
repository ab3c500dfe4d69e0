import { isDeepStrictEqual } from 'node:util';

import { SessionEnded } from './session.errors.js';
import type { SessionChanges } from './session-changes.js';
import type { Change, SessionData } from './session-data.js';
import type { EndReason } from './session-endings.js';
import type { SessionHandle, SessionId, SessionKey } from './session-id.js';
import type { Client, SessionRecord } from './session-record.js';
import type { LiveSession, NewSession, SessionRepository } from './session-repository.js';

/** What became of the browser's cookie while a request was answered: a new id to set, or nothing to keep. */
export type CookieChange =
  | {
      readonly set: SessionId;
      /** Until when the browser keeps it, in milliseconds since 1970; null: until the browser is closed. */
      readonly until: number | null;
    }
  | 'clear';

/** What a request brought along besides its session. */
export interface SessionContext {
  /** The keys of all ids that the browser sent, whether there are sessions or not. */
  readonly sentKeys?: readonly SessionKey[];
  /** Whether the browser sent no other cookie of the name: only then is it known which one an answer takes away. */
  readonly isOnlyCookie?: boolean;
  /** Whether nobody may ever see the answer, so that it must use up nothing that is shown once. */
  readonly mayBeUnseen?: boolean;
  /** Is asked before a session is stored for a visitor, and throws to refuse it. */
  readonly admitGuest?: () => Promise<void>;
}

/** A session that the browser sent the id of; without a record, nobody has looked whether it is there. */
type SentSession = Pick<LiveSession, 'key'> & { readonly record: LiveSession['record'] | null };

/**
 * The session behind one request, as a handler sees it. A visitor has none in the store until something is
 * remembered for them: until then `data` is what the app begins with.
 */
export class Session {
  #live: LiveSession | null;
  /** Sessions that the browser sent the ids of, none of which counts: all but one may be an attacker's. */
  #ambiguous: readonly SentSession[];
  #cookieChange: CookieChange | null = null;
  #endReason: Promise<EndReason | null> | null = null;
  readonly #sentKeys: readonly SessionKey[];

  /**
   * @param found the live sessions whose ids the browser sent. Exactly one becomes this session. Null: there were too many
   *   ids, so none was looked up
   */
  constructor(
    private readonly sessions: SessionRepository,
    private readonly changes: SessionChanges,
    private readonly client: () => Client,
    found: readonly LiveSession[] | null,
    private readonly context: SessionContext = {},
  ) {
    this.#sentKeys = context.sentKeys ?? found?.map(({ key }) => key) ?? [];
    const sent = found ?? this.#sentKeys.map((key) => ({ key, record: null }));
    this.#live = found?.length === 1 ? found[0]! : null;
    this.#ambiguous = this.#live ? [] : sent;
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

  /** Whether nobody may ever see the answer to this request: it must use up nothing that is shown once. */
  get mayBeUnseen(): boolean {
    return this.context.mayBeUnseen ?? false;
  }

  /** What the answer has to tell the browser about its cookie, if anything. */
  get cookieChange(): CookieChange | null {
    return this.#cookieChange;
  }

  /**
   * Why somebody else has ended the session that the browser's cookie stood for; null when nobody has.
   * @throws SessionStoreUnavailable when the store can't answer
   */
  async endReason(): Promise<EndReason | null> {
    if (this.#live || this.#ambiguous.length > 0) return null;
    return (this.#endReason ??= this.sessions.endReasonOf(this.#sentKeys));
  }

  /** Clears the cookie of an ended session, unless several cookies were sent or nobody may see the page. */
  dropEndedCookie(): void {
    if (this.context.isOnlyCookie && !this.mayBeUnseen) this.#cookieChange ??= 'clear';
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
   * @param persistent whether the browser keeps the cookie when it is closed, until the session's absolute deadline: by
   *   default as before where the same user logs in again, else not
   * @throws SessionEnded when the session whose data is to move along has ended meanwhile
   */
  async signIn(
    userId: string,
    change: Change = (data) => data,
    { persistent }: { readonly persistent?: boolean | undefined } = {},
  ): Promise<void> {
    const { owner } = this;
    const old = owner === null || owner === userId ? this.#live : null;
    const login = await this.sessions.signIn(old, userId, this.client(), change, persistent);
    if (old !== null) this.#become(login);
    else await this.#replaceCookie(login);
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
   * Ends the session, in the store and in the browser; of several whose ids the browser sent, all, however many.
   * @throws SessionStoreUnavailable when the store can't confirm it: then the browser keeps its cookie, to try again
   */
  async end(): Promise<void> {
    // Also those that are not found: it may be an end that was not confirmed the first time.
    const records = new Map<SessionKey, SentSession['record']>();
    for (const key of this.#sentKeys) records.set(key, null);
    for (const { key, record } of this.#current) records.set(key, record);
    // One after another: hundreds of ids are to be no burst for the store.
    for (const [key, record] of records) await this.sessions.end(key, record);
    this.#live = null;
    this.#ambiguous = [];
    this.#cookieChange = 'clear';
  }

  /** What the browser has, as far as it is known. */
  get #current(): readonly SentSession[] {
    return this.#live ? [this.#live] : this.#ambiguous;
  }

  /** Stores a session for a visitor, unless `change` leaves nothing to remember. */
  async #begin(change: Change): Promise<void> {
    const data = change(this.data);
    if (isDeepStrictEqual(data, this.data)) return;
    await this.context.admitGuest?.();
    await this.#replaceCookie(await this.sessions.createGuest(data, this.client()));
  }

  /** Becomes a session that follows on none. All others whose ids the browser sent end: this one alone is left. */
  async #replaceCookie(made: NewSession): Promise<void> {
    const others = this.#current;
    this.#become(made);
    this.#ambiguous = [];
    await this.sessions.forgetEndReasons(this.#sentKeys);
    for (const { key, record } of others) await this.sessions.end(key, record);
  }

  #become({ id, session }: NewSession): void {
    this.#live = session;
    const { persistent = false, expiresAt } = session.record;
    this.#cookieChange = { set: id, until: persistent ? expiresAt : null };
  }
}
