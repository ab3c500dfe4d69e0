import { Injectable } from '@nestjs/common';

import { SECOND_FACTOR } from '../auth/end-reasons.js';
import { Users } from '../auth/users.js';
import { Database, type Transaction } from '../database/database.js';
import type { User } from '../database/generated/client.js';
import { LoginRequired } from '../http/http.errors.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import { SecondFactors } from '../second-factor/second-factors.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { secondFactorChanged } from './account.mails.js';

export class WrongCode extends Error {
  override readonly name = 'WrongCode';
}

/** Switches a user's second factor on and off. Either ends their other sessions, or nothing is changed. */
@Injectable()
export class SecondFactorChange {
  constructor(
    private readonly users: Users,
    private readonly secondFactors: SecondFactors,
    private readonly sessions: Sessions,
    private readonly database: Database,
    private readonly links: MailedLinks,
    private readonly mailer: Mailer,
  ) {}

  /** Resolves to the recovery codes. @throws WrongCode when `code` is none of the app that the user has begun with */
  async switchOn(session: Session, code: string, sender: Sender): Promise<string[]> {
    let codes: string[] = [];
    await this.#change(session, sender, async ({ id }, transaction) => {
      if (!(await this.secondFactors.confirm(id, code, transaction))) throw new WrongCode();
      codes = await this.secondFactors.renewCodes(id, transaction);
    });
    return codes;
  }

  async switchOff(session: Session, sender: Sender): Promise<void> {
    await this.#change(session, sender, async ({ id }, transaction) =>
      this.secondFactors.remove(id, transaction),
    );
  }

  async newCodes(session: Session): Promise<string[]> {
    const { id } = await this.users.of(session);
    return this.database.$transaction(async (transaction) =>
      this.secondFactors.renewCodes(id, transaction),
    );
  }

  async #change(
    session: Session,
    sender: Sender,
    change: (user: User, transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    const user = await this.users.of(session);
    const changed = await this.users.changeCredentials(user, {}, async (transaction) => {
      await change(user, transaction);
      await this.sessions.endOthers(user.id, session.handle, SECOND_FACTOR);
      await session.regenerate();
    });
    if (!changed) throw new LoginRequired();
    securityEvent('user_updated', sender, { user: user.id, detail: 'second factor' });
    const letter = secondFactorChanged(this.links.urlOf('/forgotten'));
    this.mailer.sendLater({ to: user.email, ...letter });
  }
}
