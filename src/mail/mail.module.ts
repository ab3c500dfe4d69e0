import { fileURLToPath } from 'node:url';

import { Global, Module } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config.js';
import { FolderTransport } from './folder.transport.js';
import type { MailTransport } from './mail.js';
import { MAIL_TRANSPORT, Mailer } from './mailer.js';
import { MailedLinks } from './mailed-links.js';
import { Outbox } from './outbox.js';
import { SmtpTransport } from './smtp.transport.js';

/** Mails, and the links in them. */
@Global()
@Module({
  providers: [
    Mailer,
    Outbox,
    MailedLinks,
    { provide: MAIL_TRANSPORT, inject: [CONFIG], useFactory: transportOf },
  ],
  exports: [Mailer, MailedLinks, MAIL_TRANSPORT],
})
export class MailModule {}

/** Whether mails are put into a folder instead of being sent. */
export function isFolder({ url }: Pick<Config['mail'], 'url'>): boolean {
  return url.startsWith('file:');
}

function transportOf({ mail }: Config): MailTransport {
  if (isFolder(mail)) return new FolderTransport(fileURLToPath(mail.url), mail.from);
  return new SmtpTransport(mail.url, mail.from);
}
