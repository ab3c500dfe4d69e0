import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';

import { emptyForm } from '../auth/auth.forms.js';
import { AuthService } from '../auth/auth.service.js';
import { unknownDevice } from '../auth/device-cookie.js';
import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import type { MailedLink } from '../database/generated/client.js';
import { leaveFlash } from '../flash/flash.js';
import { FormBody, type ValuesOf } from '../http/form.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { sendOrReject } from '../mail/email-field.js';
import { LinkGoneException } from '../mail/link-errors.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';
import { AccessByMail } from './access-by-mail.js';
import { forgottenForm, resetForm } from './signup.forms.js';

/** For those who have forgotten their password: a link by mail, and a new password from there. */
@Controller()
@Public()
export class RecoveryController {
  constructor(
    private readonly access: AccessByMail,
    private readonly auth: AuthService,
    private readonly links: MailedLinks,
    private readonly rules: PasswordRules,
    private readonly users: Users,
  ) {}

  @Get('forgotten')
  @Render('forgotten')
  page() {
    return { form: emptyForm(undefined) };
  }

  @Post('forgotten')
  @Redirect('/forgotten/sent', 303)
  async ask(
    @FormBody(forgottenForm) form: ValuesOf<typeof forgottenForm>,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await sendOrReject(forgottenForm, form, async () =>
      this.access.answer('password', form.email, sender),
    );
  }

  @Get('forgotten/sent')
  @Render('mail-sent')
  sent() {
    return { purpose: 'A new password is a click away.', againUrl: '/forgotten' };
  }

  @Get('reset')
  @Render('reset')
  async resetPage(@Query('token') sent: unknown) {
    const { email } = await this.auth.userOf(await this.links.find('new_password', sent));
    return { form: { values: { token: sent, email }, errors: {} } };
  }

  /**
   * Whoever reads the mails may choose a password; to log in with it takes what a login takes. A form that is sent again
   * changes nothing: where the account has the password in it, it is answered as the first was.
   */
  @Post('reset')
  @Redirect('/login', 303)
  async reset(
    @FormBody(resetForm) form: ValuesOf<typeof resetForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    const link = await this.links.find('new_password', form.token);
    try {
      const user = await this.auth.userOf(link);
      await this.rules.check(resetForm, form, user, sender);
      await this.auth.resetPassword(link, user, form.password, sender);
    } catch (error) {
      const isOver = error instanceof LinkGoneException;
      if (!isOver || !(await this.#isPassword(form.password, link, sender))) throw error;
    }
    await leaveFlash(session, PASSWORD_CHANGED);
  }

  /** Whether the user whom a link was sent to has this password. It counts as a try of a login, so nobody guesses here. */
  async #isPassword(password: string, { userId }: MailedLink, sender: Sender): Promise<boolean> {
    const user = userId === null ? null : await this.users.byId(userId);
    const whose =
      user && (await this.auth.authenticate(user.email, password, unknownDevice(sender)));
    return whose !== null && whose.id === user?.id;
  }
}

const PASSWORD_CHANGED = 'Your password has been changed. Please log in with the new one.';
