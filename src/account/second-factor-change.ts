import { Injectable } from '@nestjs/common';

import { SECOND_FACTOR } from '../auth/end-reasons.js';
import { Users } from '../auth/users.js';
import { Database, type Transaction } from '../database/database.js';
import type { User } from '../database/generated/client.js';
import { withFlash } from '../flash/flash.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import { newSeed } from '../second-factor/form-seed.js';
import { SecondFactorOnException } from '../second-factor/second-factor.errors.js';
import { SecondFactors } from '../second-factor/second-factors.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { CredentialsChangedException } from './account.errors.js';
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

  /**
   * Resolves to the recovery codes, made from the seed of the form. Where that form has switched it on before they are the
   * same, and nothing is changed.
   * @throws WrongCode when `code` is none of the app that the user has begun with
   * @throws SecondFactorOnException when another form has switched it on
   */
  async switchOn(
    session: Session,
    { code, seed = newSeed() }: { code: string; seed?: string | undefined },
    sender: Sender,
  ): Promise<string[]> {
    const user = await this.users.of(session);
    if (await this.secondFactors.of(user.id)) return this.#codesOfBefore(seed, user);
    let codes: string[] = [];
    const changed = await this.#change(user, session, sender, SWITCHED_ON, async (transaction) => {
      if (!(await this.secondFactors.confirm(user.id, code, transaction))) throw new WrongCode();
      codes = await this.secondFactors.renewCodes(user.id, transaction, seed);
    });
    if (changed) return codes;
    // A change at the same time came first: the twin of this form, or another one.
    if (await this.secondFactors.of(user.id)) return this.#codesOfBefore(seed, user);
    throw new CredentialsChangedException();
  }

  /** Where there is none, nothing is changed. */
  async switchOff(session: Session, sender: Sender): Promise<void> {
    const user = await this.users.of(session);
    if (!(await this.secondFactors.of(user.id))) return;
    const changed = await this.#change(user, session, sender, SWITCHED_OFF, async (transaction) =>
      this.secondFactors.remove(user.id, transaction),
    );
    if (!changed && (await this.secondFactors.of(user.id))) throw new CredentialsChangedException();
  }

  /** @throws SecondFactorOffException @throws NewerCodesException */
  async newCodes(session: Session, seed?: string): Promise<string[]> {
    const { id } = await this.users.of(session);
    return this.database.$transaction(async (transaction) =>
      this.secondFactors.renewCodes(id, transaction, seed),
    );
  }

  async #codesOfBefore(seed: string, { id }: User): Promise<string[]> {
    const codes = await this.secondFactors.codesMadeFrom(seed, id);
    if (!codes) throw new SecondFactorOnException();
    return codes;
  }

  /** False, and nothing is changed, if the user's credentials were changed since they were read. */
  async #change(
    user: User,
    session: Session,
    sender: Sender,
    flash: string,
    change: (transaction: Transaction) => Promise<unknown>,
  ): Promise<boolean> {
    const changed = await this.users.changeCredentials(user, {}, async (transaction) => {
      await change(transaction);
      const letter = secondFactorChanged(this.links.urlOf('/forgotten'));
      await this.mailer.enqueue({ to: user.email, ...letter }, transaction);
      await this.sessions.endOthers(user.id, session.handle, SECOND_FACTOR);
      await session.regenerate((data) => withFlash(data, flash));
    });
    if (!changed) return false;
    securityEvent('user_updated', sender, { user: user.id, detail: 'second factor' });
    return true;
  }
}

const SWITCHED_ON =
  'The second step has been switched on. All your other devices have been logged out.';
const SWITCHED_OFF =
  'The second step has been switched off. All your other devices have been logged out.';
