import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';
import { z } from 'zod';

import { formAccountOf } from '../auth/form-account.js';
import { FreshLogin } from '../auth/fresh-login.decorator.js';
import { LoginFreshness } from '../auth/login-freshness.js';
import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import { defineForm, FormBody, type ValuesOf } from '../http/form.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { emailField, sendOrReject } from '../mail/email-field.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { EmailChange } from './email-change.js';

const emailForm = defineForm(
  { email: emailField },
  { view: 'account-email', model: (form) => ({ form }), secret: [] },
);

const confirmForm = defineForm({ token: z.string() });

/** Changes a user's e-mail address, once they have followed a link that was sent to the new one. */
@Controller('account/email')
export class EmailController {
  constructor(
    private readonly change: EmailChange,
    private readonly freshness: LoginFreshness,
    private readonly users: Users,
  ) {}

  @Get()
  @FreshLogin()
  @Render('account-email')
  page(@Query('email') typed: unknown) {
    return { form: { values: typeof typed === 'string' ? { email: typed } : {}, errors: {} } };
  }

  @Post()
  @Redirect('/account/email/sent', 303)
  async ask(
    @FormBody(emailForm) form: ValuesOf<typeof emailForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    this.freshness.demand(session, `/account/email?${new URLSearchParams(form).toString()}`);
    const user = await this.users.of(session);
    await sendOrReject(emailForm, form, async () => this.change.ask(user, form.email, sender));
  }

  @Get('sent')
  @Render('mail-sent')
  sent() {
    return { purpose: 'Your new address is a click away.', againUrl: '/account/email' };
  }

  /** Mail programs open links before people do, so the link only leads to a page with a button. */
  @Get('confirm')
  @Public()
  @Render('account-email-confirm')
  async confirmPage(@Query('token') token: unknown) {
    const { email, user } = await this.change.asked(token);
    return { token, email, askedBy: formAccountOf(user.id) };
  }

  @Post('confirm')
  @Idempotent()
  @Public()
  @Redirect('/account?changed=email', 303)
  async confirm(
    @FormBody(confirmForm) { token }: ValuesOf<typeof confirmForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ) {
    const isTheirs = await this.change.confirm(token, session, sender);
    return isTheirs ? undefined : { url: '/login?changed=email' };
  }
}
