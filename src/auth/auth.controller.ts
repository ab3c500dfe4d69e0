import { Controller, Get, Header, Post, Query, Redirect, Render } from '@nestjs/common';

import { FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected, SeeOtherException } from '../http/http.errors.js';
import { linkWithNext, localPath } from '../http/local-path.js';
import { securityEvent } from '../http/security-events.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { loginForm, loginFormFor, loginPage, nextOf } from './auth.forms.js';
import { AuthService } from './auth.service.js';
import { CurrentDevice, type Device } from './device-cookie.js';
import { inWords } from './end-reasons.js';
import { Login } from './login.js';
import { Public } from './public.decorator.js';

@Controller()
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly login: Login,
  ) {}

  /** Redirects users who are logged in already. */
  @Get('login')
  @Public()
  @Render('login')
  async loginPage(@Query('next') next: unknown, @CurrentSession() session: Session) {
    if (session.owner !== null) throw new SeeOtherException(nextOf(next).next ?? '/');
    const endReason = await session.endReason();
    if (endReason !== null) session.dropEndedCookie();
    return loginPage(loginFormFor(next), inWords(endReason));
  }

  @Post('login')
  @Idempotent()
  @Public()
  @Redirect('/', 303)
  async logIn(
    @FormBody(loginForm) form: ValuesOf<typeof loginForm>,
    @CurrentSession() session: Session,
    @CurrentDevice() device: Device,
  ) {
    const user = await this.auth.authenticate(form.email, form.password, device);
    // Only to those who know the password: nobody else learns of the account.
    if (user?.disabledAt) throw new FormRejected(loginForm, form, { form: DISABLED }, 403);
    const keep = form.keepLoggedIn === 'on';
    const outcome = user && (await this.login.afterPassword(session, user, device, keep));
    if (outcome === 'code needed') return { url: linkWithNext('/login/code', form.next) };
    if (outcome === 'signed in') return { url: localPath(form.next) };
    throw new FormRejected(loginForm, form, { form: WRONG_CREDENTIALS }, 401);
  }

  /**
   * The cookie that the device is known by stays (ASVS 5.0, 14.3.1 asks for the data of the session). There is nothing in the
   * browser's cache to clear, and Chromium goes through all of that, other sites' included, while the user waits.
   */
  @Post('logout')
  @Public()
  @Header('clear-site-data', '"storage"')
  @Redirect('/', 303)
  async logout(@CurrentSession() session: Session, @CurrentSender() sender: Sender) {
    const { owner } = session;
    await session.end();
    if (owner !== null) {
      securityEvent('session_expired', sender, { user: owner, detail: 'log-out' });
    }
  }
}

const WRONG_CREDENTIALS = 'This e-mail address and password don’t go together.';
const DISABLED =
  'This account is disabled. To use it again, choose a new password: see “Forgotten your password?” below.';
