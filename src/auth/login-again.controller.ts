import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';

import { FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { linkWithNext, localPath } from '../http/local-path.js';
import { NOT_YOUR_PASSWORD } from '../passwords/password-fields.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { emptyForm, loginAgainForm } from './auth.forms.js';
import { AuthService } from './auth.service.js';
import { CurrentDevice, type Device } from './device-cookie.js';
import { Login } from './login.js';
import { Users } from './users.js';

/** Asks those who are signed in for their password, before something that a borrowed device must not do. */
@Controller('login/again')
export class LoginAgainController {
  constructor(
    private readonly auth: AuthService,
    private readonly login: Login,
    private readonly users: Users,
  ) {}

  @Get()
  @Render('login-again')
  async page(@Query('next') next: unknown, @CurrentSession() session: Session) {
    const { email } = await this.users.of(session);
    return { form: { values: { ...emptyForm(next).values, email }, errors: {} } };
  }

  @Post()
  @Idempotent()
  @Redirect('/', 303)
  async loginAgain(
    @FormBody(loginAgainForm) form: ValuesOf<typeof loginAgainForm>,
    @CurrentSession() session: Session,
    @CurrentDevice() device: Device,
  ) {
    const user = await this.auth.confirm(session, form.password, device);
    const outcome = user && (await this.login.afterPassword(session, user, device));
    if (outcome === 'code needed') return { url: linkWithNext('/login/code', form.next) };
    if (outcome === 'signed in') return { url: localPath(form.next) };
    throw new FormRejected(loginAgainForm, form, { password: NOT_YOUR_PASSWORD }, 401);
  }
}
