import { hash, randomBytes } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { MailedLink } from '../database/generated/client.js';
import { LinkExpiredException, LinkUsedException } from './link-errors.js';

/** What whoever follows a link has asked for. */
export type LinkPurpose = MailedLink['purpose'];

/** ASVS 5.0, 6.4.3 and 11.5.1: from a CSPRNG, 128 bits at least. */
const TOKEN_BYTES = 32;
const TOKEN_FORM = /^[\w-]{43}$/;

/** NIST SP 800-63B-4 allows a day for a code by mail, ASVS an hour; it takes minutes. */
const LIFETIME_MS = 30 * 60_000;

/** How many of those that are over a new one clears away. */
const CLEARED_AT_ONCE = 100;

/**
 * Links in mails, by which somebody shows that a mailbox is theirs. The token in a link is random, and kept as its hash
 * alone; it is good for 30 minutes and once. A used one is kept until it expires, so that who sends a form again can be told
 * that it has worked.
 */
@Injectable()
export class MailedLinks {
  readonly #origin: string;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) { server }: Pick<Config, 'server'>,
  ) {
    this.#origin = server.public_url;
  }

  /** Resolves to a token for somebody who reads the mails of `email`; with `user` it ends with their next new password. */
  async issue(purpose: LinkPurpose, email: string, user?: LinkOwner): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await this.database.mailedLink.deleteMany({
      where: { expiresAt: { lt: new Date() } },
      limit: CLEARED_AT_ONCE,
    });
    await this.database.mailedLink.create({
      data: {
        hash: hashOf(token),
        purpose,
        email,
        userId: user?.id ?? null,
        credentialsVersion: user?.credentialsVersion ?? null,
        expiresAt: new Date(Date.now() + LIFETIME_MS),
      },
    });
    return token;
  }

  /** The address of a page of this program, by the name that the settings give it. */
  urlOf(path: string, parameters: Readonly<Record<string, string>> = {}): string {
    const url = new URL(path, this.#origin);
    url.search = new URLSearchParams(parameters).toString();
    return url.href;
  }

  /** What a token stands for, used or not. @throws LinkExpiredException when it stands for nothing, or no longer */
  async find(purpose: LinkPurpose, token: unknown): Promise<MailedLink> {
    const found =
      typeof token === 'string' && TOKEN_FORM.test(token)
        ? await this.database.mailedLink.findUnique({
            where: { hash: hashOf(token), purpose, expiresAt: { gt: new Date() } },
          })
        : null;
    if (!found) throw new LinkExpiredException(purpose);
    return found;
  }

  /**
   * Uses a link up, with whatever else the transaction does.
   * @throws LinkUsedException when that was done before, also a moment ago
   */
  async use({ hash: key, purpose }: MailedLink, transaction: Transaction): Promise<void> {
    const { count } = await transaction.mailedLink.updateMany({
      where: { hash: key, usedAt: null },
      data: { usedAt: new Date() },
    });
    if (count === 0) throw new LinkUsedException(purpose);
  }
}

interface LinkOwner {
  readonly id: string;
  readonly credentialsVersion: number;
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
