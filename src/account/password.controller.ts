import { Controller, Get, Post, Redirect, Render } from '@nestjs/common';

import { AuthService } from '../auth/auth.service.js';
import { LoginFreshness } from '../auth/login-freshness.js';
import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import { defineForm, FormBody, type FormState, type ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import {
  currentPassword,
  newPassword,
  NOT_YOUR_PASSWORD,
  shownEmail,
} from '../passwords/password-fields.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { SecondFactors } from '../second-factor/second-factors.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';

const passwordForm = defineForm(
  { email: shownEmail, current: currentPassword, password: newPassword },
  {
    view: 'account-password',
    model: (form: FormState) => ({ form }),
    secret: ['current', 'password'],
  },
);

/**
 * Changes a user's password. The form asks for the password that they have (ASVS 5.0, 6.2.3), so it needs no fresh
 * login besides.
 */
@Controller()
export class PasswordController {
  constructor(
    private readonly auth: AuthService,
    private readonly rules: PasswordRules,
    private readonly users: Users,
    private readonly secondFactors: SecondFactors,
    private readonly freshness: LoginFreshness,
  ) {}

  /** Where password managers lead to (https://www.w3.org/TR/change-password-url). */
  @Get('.well-known/change-password')
  @Public()
  @Redirect('/account/password', 303)
  wellKnown(): void {}

  @Get('account/password')
  @Render('account-password')
  async page(@CurrentSession() session: Session) {
    await this.#demandCode(session);
    const { email } = await this.users.of(session);
    return { form: { values: { email }, errors: {} } };
  }

  @Post('account/password')
  @Idempotent()
  @Redirect('/account', 303)
  async change(
    @FormBody(passwordForm) form: ValuesOf<typeof passwordForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await this.#demandCode(session);
    await this.rules.check(passwordForm, form, await this.users.of(session), sender);
    if (!(await this.auth.changePassword(session, form, sender))) {
      throw new FormRejected(passwordForm, form, { current: NOT_YOUR_PASSWORD }, 401);
    }
  }

  /** A second factor is asked for at a login: who has one must have come through one a moment ago. */
  async #demandCode(session: Session): Promise<void> {
    if (await this.secondFactors.of(session.owner!)) this.freshness.demand(session);
  }
}
