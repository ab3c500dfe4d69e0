import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';

import { emptyForm, nextOf } from '../auth/auth.forms.js';
import { AuthService } from '../auth/auth.service.js';
import { CurrentDevice, type Device } from '../auth/device-cookie.js';
import { Public } from '../auth/public.decorator.js';
import { FormBody, type ValuesOf } from '../http/form.js';
import { localPath } from '../http/local-path.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { sendOrReject } from '../mail/email-field.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';
import { AccessByMail } from './access-by-mail.js';
import { signupFinishForm, signupForm, signupPage } from './signup.forms.js';

/** Making an account: first the address, then, from the link that was mailed there, all the rest. */
@Controller('signup')
@Public()
export class SignupController {
  constructor(
    private readonly access: AccessByMail,
    private readonly auth: AuthService,
    private readonly links: MailedLinks,
    private readonly rules: PasswordRules,
  ) {}

  @Get()
  @Render('signup')
  page(@Query('next') next: unknown) {
    return signupPage(emptyForm(next));
  }

  @Post()
  @Redirect('/signup/sent', 303)
  async ask(
    @FormBody(signupForm) form: ValuesOf<typeof signupForm>,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await sendOrReject(signupForm, form, async () =>
      this.access.answer('account', form.email, sender, nextOf(form.next)),
    );
  }

  @Get('sent')
  @Render('mail-sent')
  sent() {
    return { purpose: 'Your account is a click away.', againUrl: '/signup' };
  }

  @Get('finish')
  @Render('signup-finish')
  async finishPage(@Query('token') sent: unknown, @Query('next') next: unknown) {
    const { email } = await this.links.find('new_account', sent);
    return { form: { values: { ...emptyForm(next).values, token: sent, email }, errors: {} } };
  }

  @Post('finish')
  @Redirect('/', 303)
  async finish(
    @FormBody(signupFinishForm) form: ValuesOf<typeof signupFinishForm>,
    @CurrentSession() session: Session,
    @CurrentDevice() device: Device,
  ) {
    const link = await this.links.find('new_account', form.token);
    const { name } = form;
    await this.rules.check(signupFinishForm, form, { name, email: link.email }, device);
    const user = await this.auth.createAccount(link, name, form.password, device);
    await this.auth.signIn(session, user, device);
    return { url: localPath(form.next) };
  }
}
