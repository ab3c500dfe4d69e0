import type { SessionKey } from '../../../src/session/session-id.js';
import type { SessionRecord } from '../../../src/session/session-record.js';
import { readIndexed } from '../../../src/session/stores/indexed-list.js';
import type {
  ListedSession,
  SessionStore,
  StoredSession,
  Version,
} from '../../../src/session/stores/session-store.js';
import type { Access } from './explore.js';

/** What the stores of several actors have in common. */
export class Shelf {
  readonly records = new Map<SessionKey, { version: number; record: SessionRecord }>();
  readonly index = new Map<string, Set<SessionKey>>();

  keysOf(owner: string): Set<SessionKey> {
    const keys = this.index.get(owner) ?? new Set();
    this.index.set(owner, keys);
    return keys;
  }
}

/**
 * One actor's way to a store that works as those with an index of their own do (Redis, memcached, files): each access to
 * one key is atomic, nothing else is, and before each the actor waits for its turn.
 */
export class SteppedStore implements SessionStore {
  constructor(
    private readonly shelf: Shelf,
    private readonly turn: (access: Access) => Promise<void>,
  ) {}

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    const { owner } = record;
    if (owner !== null) {
      await this.turn({ key: indexOf(owner), writes: true });
      this.shelf.keysOf(owner).add(key);
    }
    await this.turn({ key, writes: true });
    if (this.shelf.records.has(key)) return null;
    this.shelf.records.set(key, { version: 1, record });
    return '1';
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    await this.turn({ key, writes: false });
    const stored = this.shelf.records.get(key);
    return stored ? { record: stored.record, version: String(stored.version) } : null;
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    await this.turn({ key, writes: true });
    if (!this.#is(key, version)) return null;
    this.shelf.records.set(key, { version: Number(version) + 1, record });
    return String(Number(version) + 1);
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    await this.turn({ key, writes: true });
    const stored = this.shelf.records.get(key);
    if (!stored || (version !== undefined && !this.#is(key, version))) return false;
    this.shelf.records.delete(key);
    const { owner } = stored.record;
    if (owner !== null) {
      await this.turn({ key: indexOf(owner), writes: true });
      this.shelf.keysOf(owner).delete(key);
    }
    return true;
  }

  async list(owner: string): Promise<ListedSession[]> {
    const { found } = await readIndexed(
      async () => {
        await this.turn({ key: indexOf(owner), writes: false });
        return [...this.shelf.keysOf(owner)];
      },
      async (key) => this.#look(key),
    );
    return found;
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}

  async #look(key: SessionKey): Promise<ListedSession | null> {
    const stored = await this.read(key);
    return stored && { key, record: stored.record, lastSeenAt: Date.now() };
  }

  #is(key: SessionKey, version: Version): boolean {
    return String(this.shelf.records.get(key)?.version) === version;
  }
}

function indexOf(owner: string): string {
  return `index of ${owner}`;
}
