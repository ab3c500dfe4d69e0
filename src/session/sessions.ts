import type { AllSessionsEnd } from './all-sessions-end.js';
import { type EndReason, SessionEndings } from './session-endings.js';
import { handleOf, type SessionHandle, type SessionKey } from './session-id.js';
import type { SessionLifetime } from './session-lifetime.js';
import { tellNobody, type TellEvent } from './session-observer.js';
import type { Client } from './session-record.js';
import type { ListedSession, SessionStore } from './stores/session-store.js';

/** A session of a user, as a list shows it. Times are milliseconds since 1970. */
export interface UserSession {
  readonly handle: SessionHandle;
  readonly client: Client;
  /** When the user logged in. */
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

/** All sessions, and those of a user on whatever device: to see them and to end them. */
export class Sessions {
  readonly #endings: SessionEndings;

  /** @param allEnd knows whether all sessions were ended; without it that can't be */
  constructor(
    private readonly store: SessionStore,
    lifetime: SessionLifetime,
    private readonly allEnd?: AllSessionsEnd,
    tell: TellEvent = tellNobody,
  ) {
    this.#endings = new SessionEndings(store, lifetime, tell);
  }

  /** Resolves when the store answers. @throws SessionStoreUnavailable when it does not */
  async ping(): Promise<void> {
    await this.store.ping();
  }

  /** The live sessions of a user, the last used first. */
  async list(owner: string): Promise<UserSession[]> {
    const sessions = await this.#listLive(owner);
    return sessions
      .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
      .map(({ key, lastSeenAt, record: { client, createdAt } }) => ({
        handle: handleOf(key),
        client,
        createdAt,
        lastSeenAt,
      }));
  }

  /** Ends one session of a user; false when there is none of theirs by this handle. */
  async end(owner: string, handle: string, reason: EndReason): Promise<boolean> {
    const sessions = await this.store.list(owner);
    const session = sessions.find(({ key }) => handleOf(key) === handle);
    return session !== undefined && this.#endings.end(session.key, reason);
  }

  /** Ends all sessions of a user; resolves to how many. */
  async endAll(owner: string, reason: EndReason): Promise<number> {
    return this.endOthers(owner, null, reason);
  }

  /** Ends all sessions of a user but one; resolves to how many. */
  async endOthers(owner: string, keep: SessionKey | null, reason: EndReason): Promise<number> {
    const others = (await this.store.list(owner)).filter(({ key }) => key !== keep);
    const ended = await Promise.all(others.map(async ({ key }) => this.#endings.end(key, reason)));
    return ended.filter(Boolean).length;
  }

  async #listLive(owner: string): Promise<ListedSession[]> {
    const sessions = await this.store.list(owner);
    const over = await Promise.all(
      sessions.map(async ({ record }) => this.allEnd?.reasonFor(record)),
    );
    return sessions.filter((_, i) => !over[i]);
  }
}
