import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { TooManyTries } from '../http/http.errors.js';
import { type SecurityEvent, securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { networkOf } from '../http/network.js';

const QUARTER_OF_AN_HOUR_S = 900;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/**
 * How often a password or a code may be guessed, and mails be asked for, counted in PostgreSQL: for all workers and
 * machines, whatever the session store, and past every restart. What counts is each try, before anything is looked at,
 * so no number of tries at once gets more; a right one takes its count back.
 */
@Injectable()
export class Limits {
  readonly #ofAccount: RateLimiterPostgres[];
  readonly #ofNetwork: RateLimiterPostgres;
  readonly #mails: RateLimiterPostgres;

  constructor(database: Database, @Inject(CONFIG) { auth: { limits } }: Config) {
    const limiter = (keyPrefix: string, points: number, duration: number) =>
      new RateLimiterPostgres({
        storeClient: database.pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        // One of them does it for all.
        ...{ keyPrefix, points, duration, clearExpiredByTimeout: keyPrefix === 'mails' },
      });
    this.#ofAccount = [
      limiter('account', limits.tries_per_account, QUARTER_OF_AN_HOUR_S),
      limiter('account-day', limits.tries_per_account_a_day, DAY_S),
    ];
    this.#ofNetwork = limiter('network', limits.tries_per_address, QUARTER_OF_AN_HOUR_S);
    this.#mails = limiter('mails', limits.mails_per_address, HOUR_S);
  }

  /**
   * Counts a try to guess what `whose` keeps secret.
   * @returns what to call when it was right
   * @throws TooManyTries
   */
  async countTry(whose: string, sender: Sender): Promise<() => Promise<void>> {
    const [secret, network] = [nameOf(whose), nameOf(networkOf(sender.address))];
    await take(this.#ofNetwork, network, 'excess_rate_limit_exceeded', sender);
    for (const limiter of this.#ofAccount) {
      await take(limiter, secret, 'authn_login_fail_max', sender);
    }
    return async () => {
      await this.#ofNetwork.reward(network, 1);
      await Promise.all(this.#ofAccount.map(async (limiter) => limiter.delete(secret)));
    };
  }

  /** Counts a mail that somebody asks for. @throws TooManyTries */
  async countMail(sender: Sender): Promise<void> {
    const network = nameOf(networkOf(sender.address));
    await take(this.#mails, network, 'excess_rate_limit_exceeded', sender);
  }
}

async function take(
  limiter: RateLimiterPostgres,
  key: string,
  refusal: SecurityEvent,
  sender: Sender,
): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    securityEvent(refusal, sender, { detail: limiter.keyPrefix });
    throw new TooManyTries(Math.ceil(error.msBeforeNext / 1_000));
  }
}

/** Neither e-mail nor network addresses are kept. */
function nameOf(subject: string): string {
  return hash('sha256', subject, 'base64url');
}
