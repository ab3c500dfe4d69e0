import { Controller, Get, Query } from '@nestjs/common';

import { Users } from '../auth/users.js';
import { LoginRequired } from '../http/http.errors.js';
import { View } from '../http/view.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';

/** What the program knows of a user, and the ways to change it. */
@Controller('account')
export class AccountController {
  constructor(private readonly users: Users) {}

  @Get()
  @View('account')
  async show(@CurrentSession() session: Session, @Query('changed') changed: unknown) {
    const user = await this.users.byId(session.owner!);
    if (!user) throw new LoginRequired();
    const { name, email } = user;
    return { name, email, ...(changed === 'password' && { notice: PASSWORD_CHANGED }) };
  }
}

const PASSWORD_CHANGED =
  'Your password has been changed. All your other devices have been logged out.';
