import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';

import { emptyForm } from '../auth/auth.forms.js';
import { AuthService } from '../auth/auth.service.js';
import { CurrentDevice, type Device } from '../auth/device-cookie.js';
import { Login } from '../auth/login.js';
import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import { Database } from '../database/database.js';
import { FormBody, type ValuesOf } from '../http/form.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { Limits } from '../limits/limits.js';
import { sendOrReject } from '../mail/email-field.js';
import { LinkExpiredException } from '../mail/link-errors.js';
import { letter } from '../mail/letter.js';
import { LINK, linkRequest, MailedLinks } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';
import { askForm, followForm } from './login-link.forms.js';

@Controller('login/link')
@Public()
export class LoginLinkController {
  constructor(
    private readonly auth: AuthService,
    private readonly login: Login,
    private readonly users: Users,
    private readonly links: MailedLinks,
    private readonly mailer: Mailer,
    private readonly limits: Limits,
    private readonly database: Database,
  ) {}

  @Get()
  @Render('login-link/ask')
  page() {
    return { form: emptyForm(undefined) };
  }

  @Post()
  @Redirect('/login/link/sent', 303)
  async ask(
    @FormBody(askForm) form: ValuesOf<typeof askForm>,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    const { email } = form;
    const mail = async () => this.limits.mail(email, sender, async () => this.#answer(email));
    await sendOrReject(askForm, form, mail);
  }

  /** By email alone, and with the same work, whether or not there is an account: nobody finds out who has one. */
  async #answer(email: string): Promise<void> {
    const found = await this.users.byEmail(email);
    const user = found?.disabledAt ? null : found;
    const link = linkRequest('login', '/login/link/follow', email, user);
    const words = user
      ? ['Log in here:', LINK, 'The link works once, for 30 minutes.']
      : ['There is no account with this address. Make one here:', this.links.urlOf('/signup')];
    await this.mailer.send({ to: email, ...letter('Your login', words), link });
  }

  @Get('sent')
  @Render('mail-sent')
  sent() {
    return { purpose: 'You are in with a click.', againUrl: '/login/link' };
  }

  /** A page with a button: programs that look at the links in emails must not use them up. */
  @Get('follow')
  @Render('login-link/follow')
  async followPage(@Query('token') token: unknown) {
    const { email } = await this.auth.userOf(await this.links.find('login', token));
    return { token, email };
  }

  /** The link takes the place of the password. Users with a second factor are asked for their code all the same. */
  @Post('follow')
  @Redirect('/', 303)
  async follow(
    @FormBody(followForm) { token }: ValuesOf<typeof followForm>,
    @CurrentSession() session: Session,
    @CurrentDevice() device: Device,
  ) {
    const link = await this.links.find('login', token);
    const user = await this.auth.userOf(link);
    await this.links.use(link, this.database);
    const outcome = await this.login.afterPassword(session, user, device);
    if (outcome === 'credentials changed') throw new LinkExpiredException(link.purpose);
    return { url: outcome === 'code needed' ? '/login/code' : '/' };
  }
}
