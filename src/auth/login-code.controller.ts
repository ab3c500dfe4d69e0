import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';

import { FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected, LoginRequired } from '../http/http.errors.js';
import { localPath } from '../http/local-path.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { emptyForm, loginCodeForm, nextOf } from './auth.forms.js';
import { CurrentDevice, type Device } from './device-cookie.js';
import { CODE_TOO_LATE } from './end-reasons.js';
import { Login } from './login.js';
import { pendingIn } from './pending-login.js';
import { Public } from './public.decorator.js';

/** The second step of a login, for those who have a second factor. */
@Controller('login/code')
@Public()
export class LoginCodeController {
  constructor(private readonly login: Login) {}

  @Get()
  @Render('login-code')
  page(@Query('next') next: unknown, @CurrentSession() session: Session) {
    if (!pendingIn(session.data)) throw new LoginRequired(CODE_TOO_LATE, nextOf(next).next ?? '/');
    return { form: emptyForm(next) };
  }

  /** Who is in by now, and asked for no code, has sent the one that let them in again. */
  @Post()
  @Idempotent()
  @Redirect('/', 303)
  async check(
    @FormBody(loginCodeForm) form: ValuesOf<typeof loginCodeForm>,
    @CurrentSession() session: Session,
    @CurrentDevice() device: Device,
  ) {
    if (session.owner !== null && !session.data.pendingLogin) return { url: localPath(form.next) };
    const outcome = await this.login.withCode(session, form.code, device);
    if (outcome === 'over') throw new LoginRequired(CODE_TOO_LATE, localPath(form.next));
    if (outcome === 'wrong code') {
      throw new FormRejected(loginCodeForm, form, { code: WRONG_CODE }, 401);
    }
    return { url: localPath(form.next) };
  }
}

const WRONG_CODE =
  'This code is wrong, or was used before. Please take the one that your app shows now.';
