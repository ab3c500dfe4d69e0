import { Controller, Get, Post, Query, Redirect, Render } from '@nestjs/common';

import { withFlash } from '../flash/flash.js';
import { FormBody, type ValuesOf } from '../http/form.js';
import {
  FormRejected,
  FreshLoginRequired,
  LoginRequired,
  SeeOtherException,
} from '../http/http.errors.js';
import { localPath } from '../http/local-path.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { emptyForm, loginCodeForm, nextOf } from './auth.forms.js';
import { CurrentDevice, type Device } from './device-cookie.js';
import { Login } from './login.js';
import { over, pendingIn } from './pending-login.js';
import { Public } from './public.decorator.js';

/** The second step of a login, for those who have a second factor. */
@Controller('login/code')
@Public()
export class LoginCodeController {
  constructor(private readonly login: Login) {}

  @Get()
  @Render('login-code')
  async page(@Query('next') next: unknown, @CurrentSession() session: Session) {
    const target = nextOf(next).next ?? '/';
    goOnIfIn(session, target);
    // Who has begun no login has nothing to begin again.
    if (session.data.pendingLogin === null) throw new LoginRequired(null, target);
    if (!pendingIn(session.data)) throw await beginAgain(session, target);
    return { form: emptyForm(next) };
  }

  @Post()
  @Idempotent()
  @Redirect('/', 303)
  async check(
    @FormBody(loginCodeForm) form: ValuesOf<typeof loginCodeForm>,
    @CurrentSession() session: Session,
    @CurrentDevice() device: Device,
  ) {
    const target = localPath(form.next);
    goOnIfIn(session, target);
    const outcome = await this.login.withCode(session, form.code, device);
    if (outcome === 'over') throw await beginAgain(session, target);
    if (outcome === 'wrong code') {
      throw new FormRejected(loginCodeForm, form, { code: WRONG_CODE }, 401);
    }
    return { url: target };
  }
}

/** Who is in by now, and asked for no code, has sent the one that let them in. */
function goOnIfIn({ owner, data }: Session, target: string): void {
  if (owner !== null && data.pendingLogin === null) throw new SeeOtherException(target);
}

/** The way back to the password, and on the next page the word why. */
async function beginAgain(session: Session, target: string): Promise<Error> {
  await session.update((data) => withFlash(over(data), TOO_LATE));
  return session.owner === null ? new LoginRequired(null, target) : new FreshLoginRequired(target);
}

const TOO_LATE = 'That took too long, or too many tries. Please begin again.';

const WRONG_CODE =
  'This code is wrong, or was used before. Please take the one that your app shows now.';
