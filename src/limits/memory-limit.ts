import { hash, randomUUID } from 'node:crypto';

import { RateLimiterMemory } from 'rate-limiter-flexible';

import type { Sender } from '../http/sender.js';
import { consume } from './consume.js';
import { networkOf } from '../http/network.js';

/** How many counts are kept at most, however many clients there are. */
const MAX_COUNTS = 16_384;

/**
 * How much work each client may cause within a minute, counted in the memory of this worker: it protects the worker.
 * What protects a secret is counted for all workers, by Limits.
 */
export class MemoryLimit {
  readonly #limiter: RateLimiterMemory;
  /** Nobody can choose a network that shares its count with another's. */
  readonly #salt = randomUUID();

  /** @param name what the log calls it */
  constructor(name: string, perMinute: number) {
    this.#limiter = new RateLimiterMemory({ keyPrefix: name, points: perMinute, duration: 60 });
  }

  /** @throws TooManyTries */
  async consume(client: Sender): Promise<void> {
    const digest = hash('sha256', this.#salt + networkOf(client.address), 'buffer');
    const key = digest.readUInt32BE() % MAX_COUNTS;
    await consume(this.#limiter, `${key}`, client, { event: 'excess_rate_limit_exceeded' });
  }
}
