import { Controller, Get, Render } from '@nestjs/common';

import { Users } from '../auth/users.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';

/** What the program knows of a user, and the ways to change it. */
@Controller('account')
export class AccountController {
  constructor(private readonly users: Users) {}

  @Get()
  @Render('account')
  async show(@CurrentSession() session: Session) {
    const { name, email } = await this.users.of(session);
    return { name, email };
  }
}
