import { Injectable } from '@nestjs/common';

import { Users } from '../auth/users.js';
import type { Sender } from '../http/sender.js';
import { Limits } from '../limits/limits.js';
import { LINK, linkRequest } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import {
  chooseNewPassword,
  makeYourAccount,
  youHaveAnAccount,
  youHaveNoAccount,
} from './signup.mails.js';

const LETTERS = {
  account: { known: youHaveAnAccount, unknown: makeYourAccount },
  password: { known: chooseNewPassword, unknown: youHaveNoAccount },
};

/**
 * Answers whoever asks for an account or for a new password: by mail alone, and with the same work whether or not the
 * address has an account. So nobody can find out who has one (ASVS 5.0, 6.3.8), and nobody has an account with an
 * address that is not theirs.
 */
@Injectable()
export class AccessByMail {
  constructor(
    private readonly users: Users,
    private readonly limits: Limits,
    private readonly mailer: Mailer,
  ) {}

  /**
   * @param next where to go on once there is an account
   * @throws TooManyTries @throws MailRefused
   */
  async answer(
    asked: keyof typeof LETTERS,
    email: string,
    sender: Sender,
    next?: string,
  ): Promise<void> {
    await this.limits.mail(email, sender, async () => this.#send(asked, email, next ?? null));
  }

  async #send(asked: keyof typeof LETTERS, email: string, next: string | null): Promise<void> {
    const user = await this.users.byEmail(email);
    const link = user
      ? linkRequest('new_password', '/reset', email, user)
      : linkRequest('new_account', '/signup/finish', email, null, next);
    const letter = LETTERS[asked][user ? 'known' : 'unknown'];
    await this.mailer.send({ to: email, ...letter(LINK), link });
  }
}
