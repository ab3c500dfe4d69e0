import { setTimeout as pause } from 'node:timers/promises';

import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';

import { APP_NAME } from '../config/app-name.js';
import { CONFIG, type Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import { isDatabaseOutage } from '../database/outage.js';
import type { EmailOutcome, Metrics } from '../metrics/metrics.js';
import { METRICS } from '../metrics/metrics.module.js';
import { MailRefused, type MailTransport } from './mail.js';
import { LINK, MailedLinks } from './mailed-links.js';
import { type ClaimedEmail, type NewEmail, Outbox, RENEW_CLAIM_AFTER_MS } from './outbox.js';

export const MAIL_TRANSPORT = Symbol('mail transport');

/** How often a worker looks for emails that others have left behind, in milliseconds. */
const LOOK_EVERY_MS = 5_000;

/** First look after `enqueue`. The transaction may not be committed yet, so the delay doubles until LOOK_EVERY_MS. */
const LOOK_FOR_OWN_AFTER_MS = 25;

/** How many emails a worker sends at once, and how many more that somebody waits for. */
const MOST_AT_ONCE = 5;
const MOST_AWAITED = 20;

/** The pause after a failed attempt: it doubles with each. In milliseconds. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30 * 60_000;

/** RFC 5321, 4.5.4.1: a client does not give up before four days. */
export const NOTICE_LIFETIME_MS = 4 * 86_400_000;

/** Whoever has asked for an email and did not get it in this time has asked again, or has left. */
const ANSWER_LIFETIME_MS = 2 * 3_600_000;

/** Sends emails through the outbox, so that they survive killed workers and outages of the mail server. */
@Injectable()
export class Mailer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Mail');
  readonly #timeoutMs: number;
  readonly #attempts = new Set<Promise<EmailOutcome>>();
  #claims = 0;
  /** Whether more were due than there was room for. */
  #isBehind = false;
  #nextLookAfterMs = LOOK_EVERY_MS;
  #countedAt = 0;
  #looking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isDatabaseAway = false;

  constructor(
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport,
    private readonly outbox: Outbox,
    private readonly links: MailedLinks,
    @Inject(CONFIG) { mail }: Config,
    @Inject(APP_NAME) private readonly appName: string,
    @Optional() @Inject(METRICS) private readonly metrics?: Metrics,
  ) {
    this.#timeoutMs = mail.timeout_ms;
  }

  onApplicationBootstrap(): void {
    this.#lookAfter(0);
  }

  /**
   * Sends an email that somebody waits for. Resolves once the mail server has accepted it, and after `mail.timeout_ms` at the
   * latest: what could not be sent by then is tried again later.
   * @param lifetimeMs after that it is given up
   * @throws MailRefused when the address can't have any
   */
  async send(unsigned: NewEmail, lifetimeMs = ANSWER_LIFETIME_MS): Promise<void> {
    const email = this.#signed(unsigned);
    // The mail server is too slow for all who wait: they need not.
    if (this.#attempts.size >= MOST_AT_ONCE + MOST_AWAITED) {
      await this.outbox.add(email, lifetimeMs);
      return;
    }
    const claimed = await this.outbox.addClaimed(email, lifetimeMs);
    const outcome = await within(this.#timeoutMs, this.#attempt(claimed, true));
    if (outcome === 'refused') throw new MailRefused(`“${email.subject}” was refused`);
  }

  /** Adds news to the transaction that it tells of. Once that is committed it is sent, and tried again for four days. */
  async enqueue(email: NewEmail, transaction?: Transaction): Promise<void> {
    await this.outbox.add(this.#signed(email), NOTICE_LIFETIME_MS, transaction);
    this.#nextLookAfterMs = LOOK_FOR_OWN_AFTER_MS;
    this.#lookAfter(LOOK_FOR_OWN_AFTER_MS);
  }

  /** Leaves to other workers what the mail server has not accepted in time. The database is closed after this. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await within(this.#timeoutMs, Promise.all(this.#attempts));
    await this.transport.close();
  }

  #signed({ subject, text, ...email }: NewEmail): NewEmail {
    const { appName } = this;
    return { ...email, subject: `${subject} · ${appName}`, text: `${text}\n\n${appName}\n` };
  }

  #lookAfter(ms: number): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
        this.#nextLookAfterMs = Math.min(this.#nextLookAfterMs * 2, LOOK_EVERY_MS);
        this.#lookAfter(this.#isBehind && this.#room > 0 ? 0 : this.#nextLookAfterMs);
      });
    }, ms);
  }

  get #room(): number {
    return MOST_AT_ONCE - this.#claims;
  }

  async #look(): Promise<void> {
    try {
      await this.#beginDue();
      if (Date.now() - this.#countedAt >= LOOK_EVERY_MS) await this.#count();
      this.#isDatabaseAway = false;
    } catch (error) {
      this.#isBehind = false;
      if (!this.#isDatabaseAway) this.#logger.error(`can’t look into the outbox: ${String(error)}`);
      this.#isDatabaseAway = isDatabaseOutage(error);
    }
  }

  /** Begins the attempts that are due, as many as this worker may make at once. */
  async #beginDue(): Promise<void> {
    const limit = this.#room;
    if (limit === 0) return;
    const claimed = await this.outbox.claim(limit);
    this.#isBehind = claimed.length === limit;
    for (const email of claimed) void this.#attemptClaim(email);
  }

  async #count(): Promise<void> {
    this.#countedAt = Date.now();
    for (const email of await this.outbox.giveUp()) {
      this.#logger.error(`${nameOf(email)}: given up`);
      this.metrics?.emailAttempted('given_up');
    }
    this.metrics?.outboxMeasured(await this.outbox.backlog());
  }

  async #attemptClaim(email: ClaimedEmail): Promise<void> {
    this.#claims++;
    await this.#attempt(email, false);
    this.#claims--;
    if (this.#isBehind) this.#lookAfter(0);
  }

  /** @param isAwaited whether somebody waits who can be told that the address is wrong */
  async #attempt(email: ClaimedEmail, isAwaited: boolean): Promise<EmailOutcome> {
    const attempt = this.#attemptWhileClaimed(email, isAwaited);
    this.#attempts.add(attempt);
    const outcome = await attempt;
    this.#attempts.delete(attempt);
    this.metrics?.emailAttempted(outcome);
    return outcome;
  }

  async #attemptWhileClaimed(email: ClaimedEmail, isAwaited: boolean): Promise<EmailOutcome> {
    const log = (error: unknown): void =>
      this.#logger.error(`${nameOf(email)}: ${withoutAddresses(error)}`);
    const renewing = setInterval(
      () => void this.outbox.renew(email).catch(log),
      RENEW_CLAIM_AFTER_MS,
    );
    try {
      return await this.#deliver(email, isAwaited);
    } catch (error) {
      // The claim runs out, and somebody tries again.
      log(error);
      return 'deferred';
    } finally {
      clearInterval(renewing);
    }
  }

  async #deliver(email: ClaimedEmail, isAwaited: boolean): Promise<EmailOutcome> {
    let outcome: EmailOutcome;
    try {
      const text = await this.#textOf(email);
      if (text !== null) await this.transport.send({ ...email, text });
      outcome = text === null ? 'obsolete' : 'sent';
    } catch (error) {
      return this.#failed(email, error, isAwaited);
    }
    await this.outbox.remove(email);
    return outcome;
  }

  async #failed(email: ClaimedEmail, error: unknown, isAwaited: boolean): Promise<EmailOutcome> {
    if (error instanceof MailRefused && (isAwaited || error.isCertain)) {
      this.#logger.warn(`${nameOf(email)}: ${withoutAddresses(error)}`);
      await this.outbox.remove(email);
      return 'refused';
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (email.attempts - 1), LONGEST_PAUSE_MS);
    await this.outbox.postpone(email, pauseMs);
    const again = `tried again in ${pauseMs / 1_000} s`;
    this.#logger.error(`${nameOf(email)}: ${withoutAddresses(error)}; ${again}`);
    return 'deferred';
  }

  /** The text with its link; null when that would be over before anybody could follow it. */
  async #textOf({ text, link, createdAt }: ClaimedEmail): Promise<string | null> {
    if (link === null) return text;
    const token = await this.links.issue(link, createdAt);
    return token && text.replaceAll(LINK, this.links.urlOf(link.path, { token }));
  }
}

/** What a promise resolves to, or null when that takes longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  const waiting = new AbortController();
  const tooLate = pause(ms, null, waiting).catch(() => null);
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    waiting.abort();
  }
}

/** An error for the log. Mail servers repeat the recipient's address in their replies. */
function withoutAddresses(error: unknown): string {
  return String(error).replaceAll(/[^\s<>]+@[^\s<>]+/g, '…@…');
}

/** Names an email in the log, without its recipient. */
function nameOf({
  subject,
  id,
  attempts,
}: Pick<ClaimedEmail, 'subject' | 'id' | 'attempts'>): string {
  return `“${subject}” (${id}), attempt ${attempts}`;
}
