import { Controller, Get, Post, Redirect, Render } from '@nestjs/common';

import { FreshLogin } from '../auth/fresh-login.decorator.js';
import { defineForm, FormBody } from '../http/form.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { Leaving } from './leaving.js';

const noFields = defineForm({});

/** For those who want to leave, for a while or for good. */
@Controller('account')
@FreshLogin()
export class LeavingController {
  constructor(private readonly leaving: Leaving) {}

  @Get('disable')
  @Render('account-disable')
  disablePage() {
    return {};
  }

  @Post('disable')
  @Idempotent()
  @Redirect('/login', 303)
  async disable(
    @FormBody(noFields) _: object,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await this.leaving.disable(session, sender);
  }

  @Get('delete')
  @Render('account-delete')
  deletePage() {
    return {};
  }

  @Post('delete')
  @Idempotent()
  @Redirect('/login', 303)
  async delete(
    @FormBody(noFields) _: object,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await this.leaving.delete(session, sender);
  }
}
