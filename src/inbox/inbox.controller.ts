import { Controller, Get, Inject, Render } from '@nestjs/common';

import { Public } from '../auth/public.decorator.js';
import { moment } from '../http/in-words.js';
import type { FolderTransport } from '../mail/folder.transport.js';
import { MAIL_TRANSPORT } from '../mail/mailer.js';

const SHOWN = 30;

/** Everybody's mails, for those who try the program and have no mailbox at the addresses. */
@Controller('inbox')
@Public()
export class InboxController {
  constructor(@Inject(MAIL_TRANSPORT) private readonly folder: FolderTransport) {}

  @Get()
  @Render('inbox')
  async show() {
    const mails = await this.folder.newest(SHOWN);
    return {
      mails: mails.map(({ to, subject, text, sentAt }) => ({
        to,
        subject,
        sent: moment(Date.parse(sentAt)),
        parts: partsOf(text),
      })),
    };
  }
}

/** The text of a mail with its addresses apart from the rest, so that they can be followed. */
function partsOf(text: string): { readonly text: string; readonly isLink: boolean }[] {
  return text.split(/(https?:\/\/\S+)/).map((part, i) => ({ text: part, isLink: i % 2 === 1 }));
}
