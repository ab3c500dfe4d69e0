import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';
import { z } from 'zod';

import { FreshLogin } from '../auth/fresh-login.decorator.js';
import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import { leaveFlash } from '../flash/flash.js';
import { defineForm, FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { emailField, sendOrReject } from '../mail/email-field.js';
import { LinkUsedException } from '../mail/link-errors.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { EmailChange } from './email-change.js';

const emailForm = defineForm(
  { email: emailField },
  { view: 'account-email', model: (form) => ({ form }), secret: [] },
);

const tokenForm = defineForm({ token: z.string() });

/** Changes a user's e-mail address, once they have followed a link that was sent to the new one, and undoes that. */
@Controller('account/email')
export class EmailController {
  constructor(
    private readonly change: EmailChange,
    private readonly users: Users,
  ) {}

  /** Nothing is filled in by a link: what a form is sent with is what its user has typed. */
  @Get()
  @FreshLogin()
  @Render('account-email')
  page() {
    return { form: { values: {}, errors: {} } };
  }

  @Post()
  @FreshLogin()
  @Redirect('/account/email/sent', 303)
  async ask(
    @FormBody(emailForm) form: ValuesOf<typeof emailForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    const user = await this.users.of(session);
    if (form.email === user.email) throw new FormRejected(emailForm, form, { email: YOURS });
    await sendOrReject(emailForm, form, async () => this.change.ask(user, form.email, sender));
  }

  @Get('sent')
  @Render('mail-sent')
  sent() {
    return { purpose: 'Your new address is a click away.', againUrl: '/account/email' };
  }

  /** Mail programs open links before people do, so the link only leads to a page with a button. */
  @Get('confirm')
  @FreshLogin()
  @Render('account-email-confirm')
  async confirmPage(@Query('token') token: unknown, @CurrentSession() session: Session) {
    return { token, email: await this.change.asked(token, session) };
  }

  @Post('confirm')
  @FreshLogin()
  @Idempotent()
  @Redirect('/account', 303)
  async confirm(
    @FormBody(tokenForm) { token }: ValuesOf<typeof tokenForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await this.change.confirm(token, session, sender);
  }

  /** Whoever reads the mails of the old address may, logged in or not: they may be locked out. */
  @Get('undo')
  @Public()
  @Render('account-email-undo')
  async undoPage(@Query('token') token: unknown) {
    return { token, email: await this.change.toRestore(token) };
  }

  @Post('undo')
  @Public()
  @Redirect('/forgotten/sent', 303)
  async undo(
    @FormBody(tokenForm) { token }: ValuesOf<typeof tokenForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    try {
      await this.change.undo(token, sender);
      await leaveFlash(session, RESTORED);
    } catch (error) {
      // A form that is sent twice: the first one has done it.
      if (!(error instanceof LinkUsedException)) throw error;
    }
  }
}

const YOURS = 'Your account has this address already.';
const RESTORED =
  'Your account has your address. We have emailed you a link to choose a new password.';
