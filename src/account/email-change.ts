import { Injectable } from '@nestjs/common';

import { AuthService } from '../auth/auth.service.js';
import { EMAIL_RESTORED, NEW_EMAIL } from '../auth/end-reasons.js';
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
import { SecondFactors } from '../second-factor/second-factors.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import {
  addressChanged,
  addressIsTaken,
  addressRestored,
  addressToChange,
  chooseAfterUndo,
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
    private readonly secondFactors: SecondFactors,
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
    await this.limits.consumeOfEmailChange(user.id, sender);
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
    const link = await this.#undoLink(token);
    await this.#refuseUndone(link, this.database);
    return link.email;
  }

  /**
   * Gives an account its old address back, whether or not the new one was confirmed. All sessions end, and so does the
   * password, since whoever has asked for the change may know it. A link to choose another one is mailed to the address: who
   * has this link alone, and does not read the mails any more, gets no further.
   * @throws LinkGoneException when the link is over, or the address somebody else's by now
   */
  async undo(token: string, sender: Sender): Promise<void> {
    const user = await this.#restore(await this.#undoLink(token));
    securityEvent('user_updated', sender, { user: user.id, detail: 'e-mail address restored' });
  }

  async #restore(link: MailedLink): Promise<User> {
    const user = link.userId && (await this.users.byId(link.userId));
    if (!user) throw new LinkExpiredException(link.purpose);
    const { email } = link;
    const change = { email, passwordHash: NO_PASSWORD };
    const changed = await this.users.changeCredentials(user, change, async (transaction) => {
      // Whoever undoes at the same time waits for the row of the user, and is seen here.
      await this.#refuseUndone(link, transaction);
      await this.#useUndo(link, user, transaction);
      await this.secondFactors.remove(user.id, transaction, link.requestedAt);
      if (user.email !== email) {
        await this.mailer.enqueue({ to: user.email, ...addressRestored() }, transaction);
      }
      const after = { id: user.id, credentialsVersion: user.credentialsVersion + 1 };
      const reset = linkRequest('new_password', '/reset', email, after);
      await this.mailer.enqueue({ to: email, ...chooseAfterUndo(LINK), link: reset }, transaction);
      await this.sessions.endAll(user.id, EMAIL_RESTORED);
    });
    if (changed) return changed;
    const owner = await this.users.byEmail(email);
    if (owner && owner.id !== user.id) throw new OldAddressTakenException();
    // The credentials were changed in that moment, and the link holds whatever they are.
    return this.#restore(link);
  }

  /** The old address is written to first, also about a change that is never confirmed. */
  async #tellOldAddress(user: User): Promise<void> {
    try {
      const email = { to: user.email, ...addressToChange(LINK), link: undoRequest(user) };
      await this.mailer.send(email, NOTICE_LIFETIME_MS);
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

  async #undoLink(token: unknown): Promise<MailedLink> {
    const link = await this.links.find('undo_email', token);
    if (link.usedAt) throw new LinkUsedException(link.purpose);
    return link;
  }

  /**
   * A link is over when it or an older one has undone what it belongs to: otherwise whoever has changed the address twice
   * could undo what its owner has undone. Versions of the credentials tell, as no clock does, also for a request under way.
   */
  async #refuseUndone(link: MailedLink, database: Transaction): Promise<void> {
    const { userId, purpose, credentialsVersion: version } = link;
    const undone = await database.mailedLink.count({
      where: {
        ...{ userId, purpose },
        credentialsVersion: { lte: version! },
        undoneVersion: { gte: version! },
      },
    });
    if (undone > 0) throw new LinkExpiredException(purpose);
  }

  /** It is kept until all links are over that were asked for before. */
  async #useUndo(link: MailedLink, user: User, transaction: Transaction): Promise<void> {
    const expiresAt = new Date(Date.now() + NOTICE_LIFETIME_MS + UNDO_LIFETIME_MS);
    const undoneVersion = user.credentialsVersion;
    await this.links.use(link, transaction, { expiresAt, undoneVersion });
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

/** The account with the old address is not the one that had it. Nothing was done. */
class OldAddressTakenException extends ProblemException {
  constructor() {
    super(
      410,
      'Another account has this address now',
      'Another account has taken it since yours got another one. If that account is yours, log in to it and delete it. Then open this link again.',
      [{ label: 'Delete that account', href: '/account/delete' }],
    );
  }
}

function undoRequest(user: User): LinkRequest {
  return linkRequest('undo_email', '/account/email/undo', user.email, user);
}

const CHANGED =
  'Your e-mail address has been changed. All your other devices have been logged out.';
