import { Controller, Get, Post, Query, Redirect, Render, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { emptyForm, loginFormFor, nextOf } from '../auth/auth.forms.js';
import { AuthService } from '../auth/auth.service.js';
import { CurrentDevice, type Device } from '../auth/device-cookie.js';
import { Login } from '../auth/login.js';
import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import type { MailedLink, User } from '../database/generated/client.js';
import { FormBody, type ValuesOf } from '../http/form.js';
import { SeeOtherException } from '../http/http.errors.js';
import { linkWithNext, localPath } from '../http/local-path.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { sendOrReject } from '../mail/email-field.js';
import { AddressTakenException, LinkUsedException } from '../mail/link-errors.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { AccessByMail } from './access-by-mail.js';
import { signupFinishForm, signupForm, signupPage } from './signup.forms.js';

type SignupFinish = ValuesOf<typeof signupFinishForm>;

/** Making an account: first the address, then, from the link that was mailed there, all the rest. */
@Controller('signup')
@Public()
export class SignupController {
  constructor(
    private readonly access: AccessByMail,
    private readonly auth: AuthService,
    private readonly links: MailedLinks,
    private readonly login: Login,
    private readonly rules: PasswordRules,
    private readonly users: Users,
  ) {}

  /** Who is logged in has an account, and goes on; while the store can't tell, everybody may have one. */
  @Get()
  @Render('signup')
  async page(@Query('next') next: unknown, @Req() request: FastifyRequest) {
    const session = await request.session.loadIfAvailable();
    if (session && session.owner !== null) throw new SeeOtherException(nextOf(next).next ?? '/');
    return signupPage(emptyForm(next));
  }

  @Post()
  @Redirect('/signup/sent', 303)
  async ask(
    @FormBody(signupForm) form: ValuesOf<typeof signupForm>,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await sendOrReject(signupForm, form, async () =>
      this.access.answer('account', form.email, sender, nextOf(form.next).next),
    );
  }

  @Get('sent')
  @Render('mail-sent')
  sent() {
    return { purpose: 'Your account is a click away.', againUrl: '/signup' };
  }

  @Get('finish')
  @Render('signup-finish')
  async finishPage(@Query('token') sent: unknown) {
    const link = await this.links.find('new_account', sent);
    if (link.usedAt) throw new LinkUsedException(link.purpose);
    const { email, next } = link;
    if (await this.users.byEmail(email)) throw new AddressTakenException();
    return { form: { values: { ...loginFormFor(next).values, token: sent, email }, errors: {} } };
  }

  /** A form that is sent again makes no account: with the account's password it is a login to it. */
  @Post('finish')
  @Idempotent()
  @Redirect('/', 303)
  async finish(
    @FormBody(signupFinishForm) form: SignupFinish,
    @CurrentSession() session: Session,
    @CurrentDevice('token') device: Device,
  ) {
    const link = await this.links.find('new_account', form.token);
    const keep = form.keepLoggedIn === 'on';
    try {
      const user = await this.#create(link, form, device);
      await this.auth.signIn(session, user, device, keep);
      return { url: localPath(form.next) };
    } catch (error) {
      if (!(error instanceof LinkUsedException)) throw error;
      const user = await this.auth.authenticate(link.email, form.password, device);
      if (!user || user.disabledAt) throw error;
      const outcome = await this.login.afterPassword(session, user, device, keep);
      if (outcome === 'code needed') return { url: linkWithNext('/login/code', form.next) };
      if (outcome !== 'signed in') throw error;
      return { url: localPath(form.next) };
    }
  }

  async #create(link: MailedLink, form: SignupFinish, sender: Sender): Promise<User> {
    const { email, purpose, usedAt } = link;
    if (usedAt) throw new LinkUsedException(purpose);
    await this.rules.check(signupFinishForm, form, { name: form.name, email }, sender);
    return this.auth.createAccount(link, form.name, form.password, sender);
  }
}
