import { createHash } from 'node:crypto';

import { Redis } from 'ioredis';

/** A look into Redis, past the program. */
export class Store {
  readonly #redis: Redis;

  constructor(url = '') {
    this.#redis = new Redis(url);
  }

  keyOf(id: string | undefined): string {
    return `session:${createHash('sha256')
      .update(id ?? '')
      .digest('base64url')}`;
  }

  async keys(): Promise<string[]> {
    return this.#redis.keys('session:*');
  }

  /** Seconds until the session ends by itself; -2 when it is gone. */
  async ttlOf(id: string | undefined): Promise<number> {
    return this.#redis.ttl(this.keyOf(id));
  }

  async expireIn(id: string | undefined, seconds: number): Promise<void> {
    await this.#redis.expire(this.keyOf(id), seconds);
  }

  async delete(id: string | undefined): Promise<void> {
    await this.#redis.del(this.keyOf(id));
  }

  close(): void {
    this.#redis.disconnect();
  }
}
