import { hash, randomBytes } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config.js';
import { Database, NOBODY, type Transaction } from '../database/database.js';
import type { MailedLink } from '../database/generated/client.js';
import { LinkExpiredException, LinkUsedException } from './link-errors.js';

/** ASVS 5.0, 6.4.3 and 11.5.1: from a CSPRNG, 128 bits at least. */
const TOKEN_BYTES = 32;
const TOKEN_FORM = /^[\w-]{43}$/;

/** NIST SP 800-63B-4 allows a day for a code by mail, ASVS an hour; it takes minutes. */
const LIFETIME_MS = 30 * 60_000;

/** A way back has to wait for people who are away: a week. */
export const UNDO_LIFETIME_MS = 7 * 86_400_000;

/** Stands in the text of an email where its link goes. */
export const LINK = '{link}';

/** A link as an email asks for it, before it has a token. */
export interface LinkRequest {
  /** What following it does. A feature may have purposes of its own. */
  readonly purpose: string;
  /** The page that it leads to. */
  readonly path: string;
  /** Where it is mailed to. */
  readonly email: string;
  readonly userId: string | null;
  /** The user's. Once that has changed the link is over, unless it undoes what was changed since. */
  readonly credentialsVersion: number | null;
  /** Where its page continues afterwards: a local path. */
  readonly next: string | null;
}

/** How many of those that are over a new one clears away. */
const CLEARED_AT_ONCE = 100;

/**
 * Links in mails, by which somebody shows that a mailbox is theirs. The token in a link is random, and kept as its hash
 * alone; it is good once, for 30 minutes, or for a week where it undoes something. A used one is kept until it expires, so
 * that who sends a form again can be told that it has worked.
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

  /**
   * Makes the token of a link; resolves to null when the link would be over before anybody could follow it. It takes the same
   * work whether or not it is a user's.
   * @param requestedAt when its email was asked for
   */
  async issue(request: LinkRequest, requestedAt: Date): Promise<string | null> {
    const { purpose, email, userId, credentialsVersion, next } = request;
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await this.database.mailedLink.deleteMany({
      where: { expiresAt: { lt: new Date() } },
      limit: CLEARED_AT_ONCE,
    });
    const user = await this.database.user.findUnique({ where: { id: userId ?? NOBODY } });
    const undoes = purpose === 'undo_email';
    if (userId !== null && !user) return null;
    if (!undoes && (user?.credentialsVersion ?? null) !== credentialsVersion) return null;
    const lifetimeMs = undoes ? UNDO_LIFETIME_MS : LIFETIME_MS;
    const expiresAt = new Date(Date.now() + lifetimeMs);
    const link = { purpose, email, userId, credentialsVersion, next, requestedAt, expiresAt };
    await this.database.mailedLink.create({ data: { ...link, hash: hashOf(token) } });
    return token;
  }

  /** The address of a page of this program, by the name that the settings give it. */
  urlOf(path: string, parameters: Readonly<Record<string, string>> = {}): string {
    const url = new URL(path, this.#origin);
    url.search = new URLSearchParams(parameters).toString();
    return url.href;
  }

  /** What a token stands for, used or not. @throws LinkExpiredException when it stands for nothing, or no longer */
  async find(purpose: string, token: unknown): Promise<MailedLink> {
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
   * @param more what to keep of that
   * @throws LinkUsedException when that was done before, also a moment ago
   */
  async use(
    { hash: key, purpose }: MailedLink,
    transaction: Transaction,
    more: Partial<Pick<MailedLink, 'expiresAt' | 'undoneVersion'>> = {},
  ): Promise<void> {
    const { count } = await transaction.mailedLink.updateMany({
      where: { hash: key, usedAt: null },
      data: { usedAt: new Date(), ...more },
    });
    if (count === 0) throw new LinkUsedException(purpose);
  }
}

/** @param user whose link it is: it ends with the next change of their credentials, unless it undoes that */
export function linkRequest(
  purpose: string,
  path: string,
  email: string,
  user: { readonly id: string; readonly credentialsVersion: number } | null,
  next: string | null = null,
): LinkRequest {
  const { id: userId = null, credentialsVersion = null } = user ?? {};
  return { purpose, path, email, userId, credentialsVersion, next };
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
