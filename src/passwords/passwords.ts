import { setTimeout as pause } from 'node:timers/promises';

import { Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { argon2id, hash, needsRehash, verify } from 'argon2';

import { CONFIG, type Config } from '../config/config.js';
import { TryAgainLater } from '../http/http.errors.js';
import type { Sender } from '../http/sender.js';
import { networkOf } from '../http/network.js';
import type { Metrics } from '../metrics/metrics.js';
import { METRICS } from '../metrics/metrics.module.js';
import { BoundedQueue, QueueFull } from './bounded-queue.js';
import { type HashCost, isAffordable } from './password-hash.js';

/**
 * How long who is turned away waits for that at least, in milliseconds, and twice that at most: if they heard of
 * it at once they would be back at once, and if those of one moment heard of it in one moment, they would be back in one.
 */
const TURNED_AWAY_AFTER_MS = 1_000;

/** More passwords wait to be checked than can be in good time. */
export class PasswordsBusy extends TryAgainLater {
  override readonly name = 'PasswordsBusy';

  constructor(waiting: number) {
    super(
      `${waiting} passwords wait to be checked`,
      'Too many people are logging in right now. Please try again in a moment.',
      2,
    );
  }
}

/** The hash of a user who has no password until they choose one: nothing is the password of it. */
export const NO_PASSWORD = '';

/** Who has something done: clients take turns. */
type Client = Pick<Sender, 'address'>;

interface PasswordsConfig {
  readonly auth: Pick<Config['auth'], 'argon2'>;
}

/**
 * Hashes and checks passwords with argon2id (RFC 9106) at the cost that the settings name, a few at once and in turn.
 * Passwords are normalised to NFKC before, so that the same characters typed on another keyboard are the same password
 * (NIST SP 800-63B-4, 3.1.1.2).
 */
@Injectable()
export class Passwords implements OnModuleInit {
  readonly #logger = new Logger('Passwords');
  readonly #options: HashCost;
  readonly #logins: BoundedQueue;
  readonly #turns: BoundedQueue;
  readonly #longestWaitMs: number;
  /** The hash of no password that anybody knows, made at the start so that its making takes no login's time. */
  readonly #decoy: Promise<string>;

  constructor(
    @Inject(CONFIG) { auth: { argon2 } }: PasswordsConfig,
    @Optional() @Inject(METRICS) private readonly metrics?: Metrics,
  ) {
    this.#options = {
      memoryCost: argon2.memory_kib,
      timeCost: argon2.iterations,
      parallelism: argon2.parallelism,
    };
    const capacity = argon2.at_once + argon2.waiting;
    this.#turns = new BoundedQueue({ concurrency: argon2.at_once, capacity });
    this.#logins = new BoundedQueue({ concurrency: argon2.at_once + 1, capacity });
    this.#longestWaitMs = argon2.max_wait_ms;
    metrics?.watchPasswords(() => this.#waiting);
    // While the rest of the program starts.
    this.#decoy = this.#hash(crypto.randomUUID());
  }

  async onModuleInit(): Promise<void> {
    await this.#decoy;
  }

  /**
   * Does all of a login, from its first look into the database on, when its turn comes: one looks up whose password it is
   * while those before it are checked, so that a crowd does not take the database from those who read. What is turned away
   * costs nothing but the answer. Clients take turns, so that none keeps others out.
   * @throws PasswordsBusy
   */
  async logIn<T>(client: Client, login: () => Promise<T>): Promise<T> {
    return this.#inGoodTime(this.#logins, client, async (waitedMs) => {
      this.metrics?.loginWaited(waitedMs);
      return login();
    });
  }

  /** @throws PasswordsBusy */
  async hash(password: string, client: Client): Promise<string> {
    return this.#inTurn(client, async () => this.#hash(password));
  }

  /**
   * Whether a password is the one of a hash. Without a hash, or with one that it does not verify, it takes as long, so
   * that time tells nothing.
   * @throws PasswordsBusy
   */
  async matches(
    passwordHash: string | undefined,
    password: string,
    client: Client,
  ): Promise<boolean> {
    const verifiable = this.#verifiable(passwordHash);
    const against = verifiable ?? (await this.#decoy);
    const matched = await this.#inTurn(client, async () =>
      verify(against, password.normalize('NFKC')),
    );
    return matched && verifiable !== null;
  }

  /** Whether a hash was made with other parameters than today's. */
  isOutdated(passwordHash: string): boolean {
    return needsRehash(passwordHash, this.#options);
  }

  /** A hash from elsewhere must not take the process's memory or time. */
  #verifiable(passwordHash: string | undefined): string | null {
    if (passwordHash === undefined || passwordHash === NO_PASSWORD) return null;
    if (isAffordable(passwordHash, this.#options)) return passwordHash;
    this.#logger.error(
      'a stored password hash is not argon2id, or costs too much: it matches nothing',
    );
    return null;
  }

  async #inTurn<T>(client: Client, work: () => Promise<T>): Promise<T> {
    return this.#inGoodTime(this.#turns, client, async () => this.#measured(work));
  }

  /** Does something when its turn comes, unless too many are before it or that is too late. */
  async #inGoodTime<T>(
    queue: BoundedQueue,
    { address }: Client,
    work: (waitedMs: number) => Promise<T>,
  ): Promise<T> {
    const asked = performance.now();
    try {
      return await queue.run(networkOf(address), async () => {
        const waitedMs = performance.now() - asked;
        if (waitedMs > this.#longestWaitMs) throw new QueueFull();
        return work(waitedMs);
      });
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      return this.#turnAway();
    }
  }

  async #measured<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.metrics?.passwordChecked(performance.now() - began);
    }
  }

  async #hash(password: string): Promise<string> {
    return hash(password.normalize('NFKC'), { type: argon2id, ...this.#options });
  }

  get #waiting(): number {
    return this.#logins.waiting + this.#turns.waiting;
  }

  async #turnAway(): Promise<never> {
    this.metrics?.passwordRefused();
    await pause(TURNED_AWAY_AFTER_MS * (1 + Math.random()));
    throw new PasswordsBusy(this.#waiting);
  }
}
