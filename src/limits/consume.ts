import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

import { TooManyTries, type WayOut } from '../http/http.errors.js';
import { type SecurityEvent, securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';

/** What is logged when a limiter has nothing left, and what the client is told besides. */
export interface Refusal {
  readonly event: SecurityEvent;
  readonly wayOut?: WayOut | undefined;
}

/** Takes one point of a key. @throws TooManyTries when none is left */
export async function consume(
  limiter: RateLimiterAbstract,
  key: string,
  client: Sender,
  { event, wayOut }: Refusal,
): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    securityEvent(event, client, { detail: limiter.keyPrefix });
    throw new TooManyTries(Math.ceil(error.msBeforeNext / 1_000), wayOut);
  }
}
