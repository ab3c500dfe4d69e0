import { Injectable } from '@nestjs/common';

import { AuthService } from '../auth/auth.service.js';
import { NEW_EMAIL } from '../auth/end-reasons.js';
import { Users } from '../auth/users.js';
import type { MailedLink, User } from '../database/generated/client.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { Limits } from '../limits/limits.js';
import { AddressTakenException, LinkExpiredException } from '../mail/link-errors.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { addressChanged, addressIsTaken, confirmAddress } from './account.mails.js';

/** The change of a user's e-mail address, in two steps: a link is sent to the new one, and followed. */
@Injectable()
export class EmailChange {
  constructor(
    private readonly auth: AuthService,
    private readonly users: Users,
    private readonly sessions: Sessions,
    private readonly limits: Limits,
    private readonly links: MailedLinks,
    private readonly mailer: Mailer,
  ) {}

  /**
   * Whether somebody has the new address already is told there alone.
   * @throws TooManyTries @throws MailUnavailable @throws MailRefused
   */
  async ask(user: User, address: string, sender: Sender): Promise<void> {
    const email = address.toLowerCase();
    await this.limits.mail(email, sender, async () => {
      const taken = await this.users.byEmail(email);
      const token = await this.links.issue('new_email', email, user);
      const letter = taken
        ? addressIsTaken()
        : confirmAddress(this.links.urlOf('/account/email/confirm', { token }));
      await this.mailer.send({ to: email, ...letter });
    });
  }

  /** The new address, and the user who has asked for it. @throws LinkGoneException when the link is over */
  async asked(token: unknown): Promise<{ email: string; user: User }> {
    const link = await this.links.find('new_email', token);
    return { email: link.email, user: await this.auth.userOf(link) };
  }

  /**
   * Changes the address and ends the user's sessions; the one that this is done in, if it is theirs, goes on under a new
   * id. Says whether it was. Where the account has that address already, nothing is left to be done.
   * @throws LinkGoneException when the link is over, or the address somebody's by now
   */
  async confirm(token: string, session: Session, sender: Sender): Promise<boolean> {
    const link = await this.links.find('new_email', token);
    const isTheirs = session.owner !== null && session.owner === link.userId;
    if (await this.#isDone(link)) return isTheirs;
    const user = await this.auth.userOf(link);
    const changed = await this.users.changeCredentials(
      user,
      { email: link.email },
      async (transaction) => {
        await this.links.use(link, transaction);
        await this.sessions.endOthers(user.id, isTheirs ? session.handle : null, NEW_EMAIL);
        if (isTheirs) await session.regenerate();
      },
    );
    if (!changed && (await this.#isDone(link))) return isTheirs;
    if (!changed) throw await this.#whyNot(link);
    securityEvent('user_updated', sender, { user: user.id, detail: 'e-mail address' });
    this.mailer.sendLater({ to: user.email, ...addressChanged() });
    return isTheirs;
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
