import type { SessionKey } from '../session-id.js';
import { mayBeBeingMade, type SessionLifetime } from '../session-lifetime.js';
import type { RedisClient } from './redis.connection.js';
import { INDEX } from './redis.scripts.js';

type Change = (name: string, ...args: (string | number)[]) => Promise<unknown>;

/**
 * Which sessions a user has: a sorted set for each user, scored by absolute deadline. It may name sessions that are
 * gone, and never lacks one that is there: it is written before them.
 */
export class RedisOwners {
  /** @param change sends a command that changes something, and resolves when that counts */
  constructor(
    private readonly client: RedisClient,
    private readonly change: Change,
    private readonly keyPrefix: string,
    private readonly lifetime: SessionLifetime,
  ) {}

  async keysOf(owner: string): Promise<SessionKey[]> {
    return (await this.client.zrange(this.#name(owner), '0', '-1')) as SessionKey[];
  }

  async add(owner: string, key: SessionKey, expiresAt: number): Promise<void> {
    await this.change('eval', INDEX, 1, this.#name(owner), Date.now(), expiresAt, key);
  }

  async remove(owner: string, key: SessionKey): Promise<void> {
    await this.client.zrem(this.#name(owner), key);
  }

  /** Forgets sessions that were not found, unless they may be being made just now. */
  async forget(owner: string, gone: readonly SessionKey[]): Promise<void> {
    if (gone.length === 0) return;
    const deadlines = await this.client.zmscore(this.#name(owner), ...gone);
    const old = gone.filter((_, i) => !mayBeBeingMade(Number(deadlines[i]), this.lifetime));
    if (old.length > 0) await this.client.zrem(this.#name(owner), ...old);
  }

  #name(owner: string): string {
    return `${this.keyPrefix}session-owner:${owner}`;
  }
}
