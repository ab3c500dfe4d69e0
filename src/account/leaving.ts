import { Injectable } from '@nestjs/common';

import { ACCOUNT_DELETED, ACCOUNT_DISABLED } from '../auth/end-reasons.js';
import { Users } from '../auth/users.js';
import type { User } from '../database/generated/client.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import type { Session } from '../session/session.js';
import type { EndReason } from '../session/session-endings.js';
import { Sessions } from '../session/sessions.js';
import { CredentialsChangedException } from './account.errors.js';
import { accountDeleted, accountDisabled } from './account.mails.js';

/** Disables and deletes accounts. Either ends all the user's sessions, or nothing is done. */
@Injectable()
export class Leaving {
  constructor(
    private readonly users: Users,
    private readonly sessions: Sessions,
    private readonly links: MailedLinks,
    private readonly mailer: Mailer,
  ) {}

  /** Nobody can log in from now on, until the user has chosen a new password by mail. */
  async disable(session: Session, sender: Sender): Promise<void> {
    const user = await this.users.of(session);
    const change = { disabledAt: new Date() };
    const letter = accountDisabled(this.links.urlOf('/forgotten'));
    const disabled = await this.users.changeCredentials(user, change, async (transaction) => {
      await this.mailer.enqueue({ to: user.email, ...letter }, transaction);
      await this.#endAll(session, user, ACCOUNT_DISABLED);
    });
    if (!disabled) throw new CredentialsChangedException();
    securityEvent('user_updated', sender, { user: user.id, detail: 'disabled' });
  }

  async delete(session: Session, sender: Sender): Promise<void> {
    const user = await this.users.of(session);
    const deleted = await this.users.delete(user, async (transaction) => {
      await this.mailer.enqueue({ to: user.email, ...accountDeleted() }, transaction);
      await this.#endAll(session, user, ACCOUNT_DELETED);
    });
    if (!deleted) throw new CredentialsChangedException();
    securityEvent('user_deleted', sender, { user: user.id });
  }

  /**
   * Ends this session as all others. Its browser keeps the cookie until the login page has told why.
   * @throws SessionEnded when the one that this is asked for in has ended meanwhile: then nothing is done
   */
  async #endAll(session: Session, { id }: User, reason: EndReason): Promise<void> {
    await session.verify();
    await this.sessions.endAll(id, reason);
  }
}
