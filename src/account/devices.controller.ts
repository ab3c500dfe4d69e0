import { Controller, Get, NotFoundException, Param, Post, Redirect, Render } from '@nestjs/common';

import { ENDED_ELSEWHERE } from '../auth/end-reasons.js';
import { FreshLogin } from '../auth/fresh-login.decorator.js';
import { leaveFlash } from '../flash/flash.js';
import { defineForm, FormBody } from '../http/form.js';
import { ago, moment } from '../http/in-words.js';
import { securityEvent } from '../http/security-events.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';

const noFields = defineForm({});

/** Where a user is logged in: each session is a device. */
@Controller('account/sessions')
export class DevicesController {
  constructor(private readonly sessions: Sessions) {}

  @Get()
  @Render('devices')
  async show(@CurrentSession() session: Session) {
    const sessions = await this.sessions.list(session.owner!);
    const devices = sessions.map(({ handle, client, createdAt, lastSeenAt }) => ({
      handle,
      device: client.device,
      address: client.address,
      started: moment(createdAt),
      lastSeen: { ...moment(lastSeenAt), words: ago(lastSeenAt) },
      isThis: handle === session.handle,
    }));
    return { devices, others: devices.length > 1 };
  }

  @Post(':handle/end')
  @FreshLogin()
  @Redirect('/account/sessions', 303)
  async end(
    @FormBody(noFields) _: object,
    @Param('handle') handle: string,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    if (!(await this.sessions.end(session.owner!, handle, ENDED_ELSEWHERE))) {
      throw new NotFoundException();
    }
    securityEvent('session_expired', sender, { user: session.owner, detail: 'one device' });
    await leaveFlash(session, 'That device has been logged out.');
  }

  @Post('end-others')
  @FreshLogin()
  @Redirect('/account/sessions', 303)
  async endOthers(
    @FormBody(noFields) _: object,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await this.sessions.endOthers(session.owner!, session.handle, ENDED_ELSEWHERE);
    securityEvent('session_expired', sender, { user: session.owner, detail: 'all other devices' });
    await leaveFlash(session, 'All your other devices have been logged out.');
  }
}
