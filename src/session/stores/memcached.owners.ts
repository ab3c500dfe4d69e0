import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { SessionStoreUnavailable } from '../session.errors.js';
import type { SessionKey } from '../session-id.js';
import { mayBeBeingMade, type SessionLifetime } from '../session-lifetime.js';
import { type MemcachedConnection, secondsFor } from './memcached.connection.js';

/** The keys of one user with their deadlines, in milliseconds since 1970. */
type Deadlines = Readonly<Record<SessionKey, number>>;

const MOST_ATTEMPTS = 200;
const LONGEST_PAUSE_MS = 20;

/**
 * Which sessions a user has: a list for each, kept by compare-and-swap. It may name sessions that are gone, and never
 * lacks one that is there, unless memcached had to make room.
 */
export class MemcachedOwners {
  constructor(
    private readonly connection: MemcachedConnection,
    private readonly keyPrefix: string,
    private readonly lifetime: SessionLifetime,
  ) {}

  async keysOf(owner: string): Promise<SessionKey[]> {
    const { deadlines } = await this.#read(owner);
    return Object.keys(deadlines) as SessionKey[];
  }

  async add(owner: string, key: SessionKey, expiresAt: number): Promise<void> {
    await this.#change(owner, (deadlines) => ({ ...deadlines, [key]: expiresAt }));
  }

  async remove(owner: string, key: SessionKey): Promise<void> {
    await this.#keep(owner, (other) => other !== key);
  }

  /** Forgets sessions that were not found, unless they may be being made just now. */
  async forget(owner: string, gone: readonly SessionKey[]): Promise<void> {
    await this.#keep(
      owner,
      (key, deadline) => !gone.includes(key) || mayBeBeingMade(deadline, this.lifetime),
    );
  }

  async #keep(owner: string, keep: (key: SessionKey, deadline: number) => boolean): Promise<void> {
    await this.#change(owner, (deadlines) =>
      Object.fromEntries(
        Object.entries(deadlines).filter(([key, deadline]) => keep(key as SessionKey, deadline)),
      ),
    );
  }

  async #change(owner: string, change: (deadlines: Deadlines) => Deadlines): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const { deadlines, token } = await this.#read(owner);
      if (await this.#swap(owner, token, change(deadlines))) return;
      await pause(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
    }
    throw new SessionStoreUnavailable(`memcached: a user's list changed ${MOST_ATTEMPTS} times`);
  }

  async #swap(owner: string, token: string | null, deadlines: Deadlines): Promise<boolean> {
    const name = this.#name(owner);
    const left = Object.values(deadlines).map((deadline) => deadline - Date.now());
    const condition = token === null ? 'ME' : `C${token}`;
    if (left.length > 0) {
      const ttl = secondsFor(Math.max(...left));
      const stored = JSON.stringify(deadlines);
      return (await this.connection.store(name, stored, `${condition} T${ttl}`)).code === 'HD';
    }
    return token === null || (await this.connection.ask(`md ${name} ${condition}`)).code === 'HD';
  }

  /** The list as it is, without what is over, and its cas token; null when there is no list. */
  async #read(owner: string): Promise<{ deadlines: Deadlines; token: string | null }> {
    const { code, flags, value } = await this.connection.ask(`mg ${this.#name(owner)} v c`);
    if (code === 'EN') return { deadlines: {}, token: null };
    return { deadlines: liveIn(value), token: flags['c'] ?? null };
  }

  /** memcached's keys have no spaces and 250 bytes at most; an owner may be anything. */
  #name(owner: string): string {
    return `${this.keyPrefix}session-owner:${hash('sha256', owner, 'base64url')}`;
  }
}

/** What can't be read names nobody's sessions, and is replaced by the next list. */
function liveIn(text: string): Deadlines {
  try {
    const entries = Object.entries(Object(JSON.parse(text)) as Deadlines);
    return Object.fromEntries(entries.filter(([, deadline]) => deadline > Date.now()));
  } catch {
    return {};
  }
}
