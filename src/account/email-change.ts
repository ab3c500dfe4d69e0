import { GoneException, Injectable } from '@nestjs/common';

import { AuthService } from '../auth/auth.service.js';
import { NEW_EMAIL } from '../auth/end-reasons.js';
import { Users } from '../auth/users.js';
import type { User } from '../database/generated/client.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { Limits } from '../limits/limits.js';
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

  /**
   * Changes the address and ends the user's sessions; the one that this is done in, if it is theirs, goes on under a new
   * id. Says whether it was.
   * @throws GoneException when the link is over, or the address somebody's by now
   */
  async confirm(token: string, session: Session, sender: Sender): Promise<boolean> {
    const link = await this.links.find('new_email', token);
    const user = await this.auth.userOf(link);
    const isTheirs = session.owner === user.id;
    const changed = await this.users.changeCredentials(
      user,
      { email: link.email },
      async (transaction) => {
        await this.links.use(link, transaction);
        await this.sessions.endOthers(user.id, isTheirs ? session.key : null, NEW_EMAIL);
      },
    );
    if (!changed) throw new GoneException();
    securityEvent('user_updated', sender, { user: user.id, detail: 'e-mail address' });
    this.mailer.sendLater({ to: user.email, ...addressChanged() });
    return isTheirs && this.auth.signIn(session, changed);
  }
}
