import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterPostgres } from 'rate-limiter-flexible';

import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { TooManyTries, type WayOut } from '../http/http.errors.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { networkOf } from '../http/network.js';
import { BlockedNetworks } from './blocked-networks.js';
import { consume, type Refusal } from './consume.js';

const QUARTER_OF_AN_HOUR_S = 900;
const HALF_AN_HOUR_S = 1_800;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/**
 * How many mails that anybody can ask for one mailbox is sent within half an hour. Few, so that nobody floods it. Links
 * live for half an hour, so that whoever uses all of them up can't keep the owner of the mailbox without a good link.
 */
const MAILS_PER_RECIPIENT = 5;

/**
 * How many sessions a network may begin as a guest within a quarter of an hour: many people may share one, and what they
 * make stays little. docs/stores.md says how much.
 */
const GUESTS_PER_NETWORK = 1_000;

/** How long a network that is blocked waits to hear of it, in milliseconds, and twice that at most: or it would be back at once. */
const BLOCKED_ANSWER_AFTER_MS = 1_000;

/** One attempt at a secret of an account. */
export interface Attempt {
  /** The secret that is tried, such as the password of one account. */
  readonly secret: string;
  /** The device or the session, when it is known to be the user's own; null for all others. */
  readonly knownClient: string | null;
  /** What helps somebody who has no attempts left. */
  readonly wayOut?: WayOut;
}

/**
 * How often a password or a code may be guessed, and mails be asked for, counted in PostgreSQL: for all workers and
 * machines, whatever the session store, and past every restart. What counts is each attempt, before anything is looked
 * at, so no number of attempts at once gets more.
 *
 * An attempt is counted for the account by client, so that nobody uses up what belongs to another: a client is a device
 * or a session that is known to be the user's, else a network. All clients that are not known have one count a day
 * together, so that no number of networks gets more.
 */
@Injectable()
export class Limits {
  readonly #ofAccount: RateLimiterPostgres;
  readonly #ofAccountADay: RateLimiterPostgres;
  readonly #ofNetwork: RateLimiterPostgres;
  readonly #mails: RateLimiterPostgres;
  readonly #mailsToRecipient: RateLimiterPostgres;
  readonly #guests: RateLimiterPostgres;
  readonly #warnings: RateLimiterPostgres;
  readonly #blockedNetworks = new BlockedNetworks();

  constructor(database: Database, @Inject(CONFIG) { auth: { limits } }: Config) {
    const limiter = (keyPrefix: string, points: number, duration: number) =>
      new RateLimiterPostgres({
        storeClient: database.pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        keyPrefix,
        points,
        duration,
        // One of them does it for all.
        clearExpiredByTimeout: keyPrefix === 'mails',
      });
    this.#ofAccount = limiter('account', limits.tries_per_account, QUARTER_OF_AN_HOUR_S);
    this.#ofAccountADay = limiter('account-day', limits.tries_per_account_a_day, DAY_S);
    this.#ofNetwork = limiter('network', limits.tries_per_address, QUARTER_OF_AN_HOUR_S);
    this.#mails = limiter('mails', limits.mails_per_address, HOUR_S);
    this.#warnings = limiter('warnings', 1, HOUR_S);
    this.#guests = limiter('guests', GUESTS_PER_NETWORK, QUARTER_OF_AN_HOUR_S);
    this.#mailsToRecipient = limiter('recipient', MAILS_PER_RECIPIENT, HALF_AN_HOUR_S);
  }

  /**
   * Refuses a network that was refused a moment ago. It asks nothing of PostgreSQL: for before a client takes a place in a
   * queue, or anything is looked up for it.
   * @throws TooManyTries
   */
  async refuseBlocked(client: Sender): Promise<void> {
    const refusal = this.#refusalOfBlocked(client);
    if (refusal === null) return;
    await pause(BLOCKED_ANSWER_AFTER_MS * (1 + Math.random()));
    throw refusal;
  }

  /** Counts an attempt at whatever secret, for the network. @throws TooManyTries */
  async consumeOfNetwork(client: Sender): Promise<void> {
    // At once: a login has a place in the queue by now, which others wait for.
    const refusal = this.#refusalOfBlocked(client);
    if (refusal !== null) throw refusal;
    const network = networkOf(client.address);
    try {
      await consume(this.#ofNetwork, nameOf(network), client, RATE_LIMITED);
    } catch (error) {
      if (error instanceof TooManyTries) {
        this.#blockedNetworks.add(network, Date.now() + error.retryAfterSeconds * 1_000);
      }
      throw error;
    }
  }

  /** Counts a session that a visitor begins as a guest. @throws TooManyTries */
  async consumeOfGuests(client: Sender): Promise<void> {
    await consume(this.#guests, nameOf(networkOf(client.address)), client, RATE_LIMITED);
  }

  /** Counts an attempt at a secret that can be guessed, for its account. @throws TooManyTries */
  async consumeOfAccount(attempt: Attempt, client: Sender): Promise<void> {
    const refusal: Refusal = { event: 'authn_login_fail_max', wayOut: attempt.wayOut };
    await consume(this.#ofAccount, clientKey(attempt, client), client, refusal);
    await consume(this.#ofAccountADay, dayKey(attempt), client, refusal);
  }

  /** Gives the network an attempt back that was right. */
  async giveBackToNetwork(client: Sender): Promise<void> {
    const network = networkOf(client.address);
    await this.#ofNetwork.reward(nameOf(network), 1);
    this.#blockedNetworks.delete(network);
  }

  /**
   * Makes up for the attempts at a secret so far, since this client has shown that it is the user's: for its own, and, as
   * long as it is not known, for the day of all that are not.
   */
  async reset(attempt: Attempt, client: Sender): Promise<void> {
    await Promise.all([
      this.#ofAccount.delete(clientKey(attempt, client)),
      this.#ofAccountADay.delete(dayKey(attempt)),
    ]);
  }

  /**
   * Sends a mail that anybody could have asked for, unless its recipient was sent enough: then it does nothing, and the
   * answer must be the same.
   * @param email in lower case
   * @param send counts only when it resolves
   * @throws TooManyTries when the network asks for too many
   */
  async mail(email: string, client: Sender, send: () => Promise<void>): Promise<void> {
    const network = nameOf(networkOf(client.address));
    await consume(this.#mails, network, client, RATE_LIMITED);
    const recipient = nameOf(email);
    try {
      await consume(this.#mailsToRecipient, recipient, client, RATE_LIMITED);
    } catch (error) {
      if (error instanceof TooManyTries) return;
      throw error;
    }
    try {
      await send();
    } catch (error) {
      await this.#mailsToRecipient.reward(recipient, 1);
      throw error;
    }
  }

  /** Counts a change of address that a user asks for: the old address hears of each. @throws TooManyTries */
  async consumeOfEmailChange(userId: string, client: Sender): Promise<void> {
    await consume(this.#mailsToRecipient, nameOf(`change ${userId}`), client, RATE_LIMITED);
  }

  /** Whether a user may be warned of the attempts of others: once an hour, so that these don't flood the mailbox. */
  async mayWarn(userId: string): Promise<boolean> {
    const { consumedPoints } = await this.#warnings.penalty(nameOf(userId), 1);
    return consumedPoints === 1;
  }

  #refusalOfBlocked(client: Sender): TooManyTries | null {
    const until = this.#blockedNetworks.until(networkOf(client.address));
    if (until === null) return null;
    securityEvent(RATE_LIMITED.event, client, { detail: this.#ofNetwork.keyPrefix });
    return new TooManyTries(Math.ceil((until - Date.now()) / 1_000));
  }
}

const RATE_LIMITED: Refusal = { event: 'excess_rate_limit_exceeded' };

function clientKey({ secret, knownClient }: Attempt, { address }: Sender): string {
  return nameOf(
    knownClient === null
      ? `${secret} network ${networkOf(address)}`
      : `${secret} known ${knownClient}`,
  );
}

function dayKey({ secret, knownClient }: Attempt): string {
  return nameOf(knownClient === null ? secret : `${secret} known ${knownClient}`);
}

/** Neither e-mail nor network addresses are kept. */
function nameOf(subject: string): string {
  return hash('sha256', subject, 'base64url');
}
