import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '../database/database.js';
import type { Mail, OutgoingMail } from './mail.js';
import type { LinkRequest } from './mailed-links.js';

/** An email that is to be sent. */
export interface NewEmail extends Mail {
  /** What takes the place of LINK in the text. Its token is made when the email is sent, so the outbox has none. */
  readonly link?: LinkRequest;
}

/** An email that a worker has claimed, to make an attempt. */
export interface ClaimedEmail extends OutgoingMail {
  readonly link: LinkRequest | null;
  /** How many attempts were begun. A claim is over when somebody else has begun the next one. */
  readonly attempts: number;
}

/** How long a claim lasts without renewal, in seconds. After that, another worker may claim the email. */
const CLAIM_SECONDS = 10;

/** How often to renew it, in milliseconds. */
export const RENEW_CLAIM_AFTER_MS = (CLAIM_SECONDS * 1_000) / 3;

/**
 * Emails that are to be sent, in PostgreSQL: so they are part of the transaction that they tell of, and any worker sends
 * them. All times are PostgreSQL's.
 */
@Injectable()
export class Outbox {
  constructor(private readonly database: Database) {}

  /** @param lifetimeMs an email that no server has accepted by then is given up */
  async add(
    email: NewEmail,
    lifetimeMs: number,
    transaction: Transaction = this.database,
  ): Promise<void> {
    await this.#insert(email, lifetimeMs, transaction, 0);
  }

  /** Adds an email that nobody else may send before this worker has tried. */
  async addClaimed(email: NewEmail, lifetimeMs: number): Promise<ClaimedEmail> {
    return this.#insert(email, lifetimeMs, this.database, 1);
  }

  /** Claims emails whose next attempt is due, and which are not to be given up. */
  async claim(limit: number): Promise<ClaimedEmail[]> {
    return this.database.$queryRaw`
      UPDATE outbox_emails
      SET attempts = attempts + 1, due_at = now() + make_interval(secs => ${CLAIM_SECONDS})
      WHERE id IN (
        SELECT id FROM outbox_emails WHERE due_at <= now() AND expires_at > now()
        ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING id, "to", subject, text, link, attempts, created_at AS "createdAt"`;
  }

  async renew({ id, attempts }: ClaimedEmail): Promise<void> {
    await this.database.$executeRaw`
      UPDATE outbox_emails SET due_at = now() + make_interval(secs => ${CLAIM_SECONDS})
      WHERE id = ${id}::uuid AND attempts = ${attempts}`;
  }

  async postpone({ id, attempts }: ClaimedEmail, delayMs: number): Promise<void> {
    await this.database.$executeRaw`
      UPDATE outbox_emails SET due_at = now() + make_interval(secs => ${delayMs / 1_000})
      WHERE id = ${id}::uuid AND attempts = ${attempts}`;
  }

  /** Removes the emails that are to be given up, and resolves to them. */
  async giveUp(): Promise<Pick<ClaimedEmail, 'id' | 'subject' | 'attempts'>[]> {
    return this.database.$queryRaw`
      DELETE FROM outbox_emails WHERE due_at <= now() AND expires_at <= now()
      RETURNING id, subject, attempts`;
  }

  async remove({ id, attempts }: ClaimedEmail): Promise<void> {
    await this.database.outboxEmail.deleteMany({ where: { id, attempts } });
  }

  /** How many emails wait, and for how long the oldest has, in seconds. */
  async backlog(): Promise<{ emails: number; oldestSeconds: number }> {
    const [backlog] = await this.database.$queryRaw<[{ emails: number; oldestSeconds: number }]>`
      SELECT count(*)::int AS emails,
        coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS "oldestSeconds"
      FROM outbox_emails`;
    return backlog;
  }

  async #insert(
    { to, subject, text, link }: NewEmail,
    lifetimeMs: number,
    transaction: Transaction,
    attempts: 0 | 1,
  ): Promise<ClaimedEmail> {
    const [added] = await transaction.$queryRaw<[ClaimedEmail]>`
      INSERT INTO outbox_emails (id, "to", subject, text, link, attempts, due_at, expires_at)
      VALUES (${randomUUID()}::uuid, ${to}, ${subject}, ${text}, ${JSON.stringify(link ?? null)}::jsonb,
        ${attempts}, now() + make_interval(secs => ${CLAIM_SECONDS * attempts}),
        now() + make_interval(secs => ${lifetimeMs / 1_000}))
      RETURNING id, "to", subject, text, link, attempts, created_at AS "createdAt"`;
    return added;
  }
}
