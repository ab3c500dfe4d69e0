import type { SessionKey } from './session-id.js';
import type { ListedSession, SessionStore } from './stores/session-store.js';

/** All sessions, and those of a user on whatever device: to see them and to end them. */
export class Sessions {
  constructor(private readonly store: SessionStore) {}

  /** Resolves when the store answers. @throws SessionStoreUnavailable when it does not */
  async ping(): Promise<void> {
    await this.store.ping();
  }

  /** The live sessions of a user, the last used first. */
  async list(owner: string): Promise<ListedSession[]> {
    const sessions = await this.store.list(owner);
    return sessions.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
  }

  /** Ends one session of a user; false when it is not theirs or gone already. */
  async end(owner: string, key: SessionKey): Promise<boolean> {
    const sessions = await this.store.list(owner);
    return sessions.some((session) => session.key === key) && (await this.store.delete(key));
  }

  /** Ends all sessions of a user but one; resolves to how many. */
  async endOthers(owner: string, keep: SessionKey | null): Promise<number> {
    const others = (await this.store.list(owner)).filter(({ key }) => key !== keep);
    const ended = await Promise.all(others.map(({ key }) => this.store.delete(key)));
    return ended.filter(Boolean).length;
  }
}
