import { Controller, Get, Post, Redirect, Render } from '@nestjs/common';

import { personName } from '../auth/person-name.js';
import { Users } from '../auth/users.js';
import { leaveFlash } from '../flash/flash.js';
import { defineForm, FormBody, type ValuesOf } from '../http/form.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';

const nameForm = defineForm(
  { name: personName },
  { view: 'account-name', model: (form) => ({ form }), secret: [] },
);

/** Changes a user's name. */
@Controller('account/name')
export class NameController {
  constructor(private readonly users: Users) {}

  @Get()
  @Render('account-name')
  async page(@CurrentSession() session: Session) {
    const { name } = await this.users.of(session);
    return { form: { values: { name }, errors: {} } };
  }

  @Post()
  @Redirect('/account', 303)
  async change(
    @FormBody(nameForm) { name }: ValuesOf<typeof nameForm>,
    @CurrentSession() session: Session,
  ): Promise<void> {
    await this.users.rename(await this.users.of(session), name);
    await leaveFlash(session, 'Your name has been changed.');
  }
}
