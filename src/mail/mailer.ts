import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

import type { Mail, MailTransport } from './mail.js';

export const MAIL_TRANSPORT = Symbol('mail transport');

/** Sends mails: those that somebody waits for, and news that may come a little later. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  readonly #logger = new Logger('Mail');
  readonly #underWay = new Set<Promise<void>>();

  constructor(@Inject(MAIL_TRANSPORT) private readonly transport: MailTransport) {}

  /**
   * Resolves once the mail is the mail server's to deliver.
   * @throws MailUnavailable when no mail can be sent just now
   * @throws MailRefused when the address can't have any
   */
  async send(mail: Mail): Promise<void> {
    await this.transport.send(mail);
  }

  /** Sends news of something that has happened: it stays true if the news can't be sent, so that is only logged. */
  sendLater(mail: Mail): void {
    const sending = this.transport
      .send(mail)
      .catch((error: unknown) => this.#logger.error(`“${mail.subject}”: ${String(error)}`))
      .finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.transport.close();
  }
}
