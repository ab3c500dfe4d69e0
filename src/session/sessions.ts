import type { AllSessionsEnd } from './all-sessions-end.js';
import { type EndReason, SessionEndings } from './session-endings.js';
import { markerKey, type SessionHandle } from './session-id.js';
import type { SessionLifetime } from './session-lifetime.js';
import { tellNobody, type TellEvent } from './session-observer.js';
import { type Client, markerRecord } from './session-record.js';
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
    private readonly lifetime: SessionLifetime,
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
    const byHandle = new Map<SessionHandle, UserSession>();
    for (const { lastSeenAt, record } of sessions.toSorted((a, b) => a.lastSeenAt - b.lastSeenAt)) {
      const { handle, client, createdAt } = record;
      // One that is given another id just now is there twice.
      byHandle.delete(handle);
      byHandle.set(handle, { handle, client, createdAt, lastSeenAt });
    }
    return [...byHandle.values()].toReversed();
  }

  /** Ends one session of a user; false when there is none of theirs by this handle, nor was it ended in this way. */
  async end(owner: string, handle: string, reason: EndReason): Promise<boolean> {
    const isIt = ({ record }: ListedSession): boolean => record.handle === handle;
    const wasEnded = markerKey(`ended ${owner} ${handle}`);
    if (!(await this.store.list(owner)).some(isIt))
      return (await this.store.read(wasEnded)) !== null;
    // First, so that who asks for the same meanwhile hears the same.
    await this.store.create(wasEnded, markerRecord(reason, this.lifetime.absoluteMs));
    await this.#endings.endAll(owner, (sessions) => sessions.filter(isIt), reason);
    return true;
  }

  /** Ends all sessions of a user; resolves to how many. */
  async endAll(owner: string, reason: EndReason): Promise<number> {
    return this.endOthers(owner, null, reason);
  }

  /** Ends all sessions of a user but one; resolves to how many. */
  async endOthers(owner: string, keep: SessionHandle | null, reason: EndReason): Promise<number> {
    const others = (sessions: ListedSession[]): ListedSession[] =>
      sessions.filter(({ record }) => record.handle !== keep);
    return (await this.#endings.endAll(owner, others, reason)).size;
  }

  async #listLive(owner: string): Promise<ListedSession[]> {
    const sessions = await this.store.list(owner);
    const over = await Promise.all(
      sessions.map(async ({ record }) => this.allEnd?.reasonFor(record)),
    );
    return sessions.filter((_, i) => !over[i]);
  }
}
