import { Controller, Get, Post, Query, Redirect } from '@nestjs/common';

import { FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { localPath } from '../http/local-path.js';
import { View } from '../http/view.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';
import { emptyForm, loginAgainForm, NOT_YOUR_PASSWORD } from './auth.forms.js';
import { AuthService } from './auth.service.js';

/** Asks those who are signed in for their password, before something that a borrowed device must not do. */
@Controller('login/again')
export class LoginAgainController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  @View('login-again')
  page(@Query('next') next: unknown) {
    return { form: emptyForm(next) };
  }

  @Post()
  @Redirect('/', 303)
  async loginAgain(
    @FormBody(loginAgainForm) form: ValuesOf<typeof loginAgainForm>,
    @CurrentSession() session: Session,
  ) {
    const user = await this.auth.confirm(session.owner, form.password);
    if (!user || !(await this.auth.signIn(session, user))) {
      throw new FormRejected(loginAgainForm, form, { password: NOT_YOUR_PASSWORD }, 401);
    }
    return { url: localPath(form.next) };
  }
}
