import { Injectable } from '@nestjs/common';

import { AuthService } from '../auth/auth.service.js';
import { NEW_EMAIL } from '../auth/end-reasons.js';
import { Users } from '../auth/users.js';
import { Database, type Transaction } from '../database/database.js';
import type { MailedLink, User } from '../database/generated/client.js';
import { withFlash } from '../flash/flash.js';
import { ProblemException } from '../http/http.errors.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { Limits } from '../limits/limits.js';
import {
  AddressTakenException,
  LinkExpiredException,
  LinkUsedException,
} from '../mail/link-errors.js';
import { MailRefused } from '../mail/mail.js';
import {
  LINK,
  type LinkRequest,
  linkRequest,
  MailedLinks,
  UNDO_LIFETIME_MS,
} from '../mail/mailed-links.js';
import { Mailer, NOTICE_LIFETIME_MS } from '../mail/mailer.js';
import { NO_PASSWORD } from '../passwords/passwords.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import {
  addressChanged,
  addressIsTaken,
  addressRestored,
  addressToChange,
  confirmAddress,
} from './account.mails.js';

/**
 * The change of a user's e-mail address. A link is sent to the new one, and followed by the user who has asked for it. The
 * old one hears of it before, and can undo it for a week: whoever has got into an account can't take it away.
 */
@Injectable()
export class EmailChange {
  constructor(
    private readonly auth: AuthService,
    private readonly users: Users,
    private readonly sessions: Sessions,
    private readonly limits: Limits,
    private readonly links: MailedLinks,
    private readonly mailer: Mailer,
    private readonly database: Database,
  ) {}

  /**
   * Whether somebody has the new address already is told there alone.
   * @throws TooManyTries @throws MailRefused
   */
  async ask(user: User, email: string, sender: Sender): Promise<void> {
    await this.limits.mail(email, sender, async () => {
      await this.#tellOldAddress(user);
      const taken = await this.users.byEmail(email);
      const letter = taken ? addressIsTaken() : confirmAddress(LINK);
      const link = linkRequest('new_email', '/account/email/confirm', email, user);
      await this.mailer.send({ to: email, ...letter, link });
    });
  }

  /**
   * The new address that a user has asked for.
   * @throws LinkGoneException when the link is over
   * @throws LinkOfOtherAccountException when it is another user's
   */
  async asked(token: unknown, session: Session): Promise<string> {
    const link = await this.#ownLink(token, session);
    await this.auth.userOf(link);
    return link.email;
  }

  /**
   * Changes the address and ends the user's other sessions; this one goes on under a new id. Where the account has that
   * address already, nothing is left to be done.
   * @throws LinkGoneException when the link is over, or the address somebody's by now
   * @throws LinkOfOtherAccountException when it is another user's
   */
  async confirm(token: string, session: Session, sender: Sender): Promise<void> {
    const link = await this.#ownLink(token, session);
    if (await this.#isDone(link)) return;
    const user = await this.auth.userOf(link);
    const changed = await this.users.changeCredentials(
      user,
      { email: link.email },
      async (transaction) => {
        await this.links.use(link, transaction);
        const undo = undoRequest(user);
        await this.mailer.enqueue(
          { to: user.email, ...addressChanged(LINK), link: undo },
          transaction,
        );
        await this.sessions.endOthers(user.id, session.handle, NEW_EMAIL);
        await session.regenerate((data) => withFlash(data, CHANGED));
      },
    );
    if (!changed && (await this.#isDone(link))) return;
    if (!changed) throw await this.#whyNot(link);
    securityEvent('user_updated', sender, { user: user.id, detail: 'e-mail address' });
  }

  /** The address that a link gives back. @throws LinkGoneException when the link is over */
  async toRestore(token: unknown): Promise<string> {
    const { email } = await this.#undoLink(token);
    return email;
  }

  /**
   * Gives an account its old address back, whether or not the new one was confirmed. All sessions end, and so does the
   * password, since whoever has asked for the change may know it. Resolves to a token to choose another one.
   * @throws LinkGoneException when the link is over, or the address somebody else's by now
   */
  async undo(token: string, sender: Sender): Promise<string> {
    const link = await this.#undoLink(token);
    const user = await this.#restore(link);
    securityEvent('user_updated', sender, { user: user.id, detail: 'e-mail address restored' });
    const request = linkRequest('new_password', '/reset', user.email, user);
    const reset = await this.links.issue(request, new Date());
    if (reset === null) throw new LinkExpiredException('new_password');
    return reset;
  }

  async #restore(link: MailedLink): Promise<User> {
    const user = link.userId && (await this.users.byId(link.userId));
    if (!user) throw new LinkExpiredException(link.purpose);
    const { email } = link;
    const change = { email, passwordHash: NO_PASSWORD };
    const changed = await this.users.changeCredentials(user, change, async (transaction) => {
      await this.#useUndo(link, transaction);
      if (user.email !== email) {
        await this.mailer.enqueue({ to: user.email, ...addressRestored() }, transaction);
      }
      await this.sessions.endAll(user.id, NEW_EMAIL);
    });
    if (changed) return changed;
    const owner = await this.users.byEmail(email);
    if (owner && owner.id !== user.id) throw new AddressTakenException();
    // The credentials were changed in that moment, and the link holds whatever they are.
    return this.#restore(link);
  }

  /** The old address hears first, also of a change that is never confirmed. */
  async #tellOldAddress(user: User): Promise<void> {
    try {
      await this.mailer.send({ to: user.email, ...addressToChange(LINK), link: undoRequest(user) });
    } catch (error) {
      // Its mailbox is gone: that is why people change it.
      if (!(error instanceof MailRefused)) throw error;
    }
  }

  async #ownLink(token: unknown, session: Session): Promise<MailedLink> {
    const link = await this.links.find('new_email', token);
    if (link.userId !== session.owner) throw new LinkOfOtherAccountException();
    return link;
  }

  /**
   * A link is over when an older one has undone what it belongs to: otherwise whoever has changed the address twice could
   * undo what its owner has undone.
   */
  async #undoLink(token: unknown): Promise<MailedLink> {
    const link = await this.links.find('undo_email', token);
    const { userId, purpose, requestedAt, usedAt } = link;
    if (usedAt) throw new LinkUsedException(purpose);
    const undone = await this.database.mailedLink.count({
      where: { userId, purpose, requestedAt: { lte: requestedAt }, usedAt: { gte: requestedAt } },
    });
    if (undone > 0) throw new LinkExpiredException(purpose);
    return link;
  }

  /** It is kept until all links are over that were asked for before. */
  async #useUndo(link: MailedLink, transaction: Transaction): Promise<void> {
    const keptUntil = new Date(Date.now() + NOTICE_LIFETIME_MS + UNDO_LIFETIME_MS);
    await this.links.use(link, transaction, keptUntil);
  }

  /** Whether the account has the address that a link is for. */
  async #isDone({ userId, email }: MailedLink): Promise<boolean> {
    return userId !== null && (await this.users.byId(userId))?.email === email;
  }

  async #whyNot({ email, purpose }: MailedLink): Promise<Error> {
    if (!(await this.users.byEmail(email))) return new LinkExpiredException(purpose);
    return new AddressTakenException([{ label: 'Take another address', href: '/account/email' }]);
  }
}

/** Nothing was done: a link to confirm an address was opened by somebody else than the user who has asked for it. */
class LinkOfOtherAccountException extends ProblemException {
  constructor() {
    super(
      403,
      'This link belongs to another account',
      'You are logged in to an account that has not asked for this address, so nothing was changed. Log out, and open the link as the user who has asked for it.',
      [{ label: 'Go to your account', href: '/account' }],
    );
  }
}

/** It holds whatever becomes of the user's credentials: that is what it undoes. */
function undoRequest({ id, email }: User): LinkRequest {
  const link = linkRequest('undo_email', '/account/email/undo', email, null);
  return { ...link, userId: id };
}

const CHANGED =
  'Your e-mail address has been changed. All your other devices have been logged out.';
