import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';

import { emptyForm } from '../auth/auth.forms.js';
import { AuthService } from '../auth/auth.service.js';
import { Public } from '../auth/public.decorator.js';
import { FormBody, type ValuesOf } from '../http/form.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { sendOrReject } from '../mail/email-field.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { PasswordRules } from '../passwords/password-rules.js';
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
    const { email } = await this.links.find('new_password', sent);
    return { form: { values: { token: sent, email }, errors: {} } };
  }

  /** Whoever reads the mails may choose a password; to log in with it takes what a login takes. */
  @Post('reset')
  @Redirect('/login?changed=password', 303)
  async reset(
    @FormBody(resetForm) form: ValuesOf<typeof resetForm>,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    const link = await this.links.find('new_password', form.token);
    const user = await this.auth.userOf(link);
    await this.rules.check(resetForm, form, user, sender);
    await this.auth.resetPassword(link, user, form.password, sender);
  }
}
