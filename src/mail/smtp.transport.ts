import type { Transporter } from 'nodemailer';

import { type Mail, MailRefused, type MailTransport, MailUnavailable } from './mail.js';

/**
 * Sends mails over SMTP, through connections that are kept for a while. TLS is used from the start with smtps://, and
 * as soon as the server offers it with smtp://.
 */
export class SmtpTransport implements MailTransport {
  #opened: Promise<Transporter> | null = null;

  constructor(
    private readonly url: string,
    private readonly from: string,
    private readonly timeoutMs: number,
  ) {}

  async send(mail: Mail): Promise<void> {
    const smtp = await (this.#opened ??= this.#open());
    try {
      await smtp.sendMail({ ...mail, disableFileAccess: true, disableUrlAccess: true });
    } catch (error) {
      const { code, responseCode, message } = error as SmtpError;
      if (code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500) {
        throw new MailRefused(message, { cause: error });
      }
      throw new MailUnavailable(message, { cause: error });
    }
  }

  async close(): Promise<void> {
    (await this.#opened)?.close();
  }

  /** With the first mail: a worker starts without it. */
  async #open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const timeouts = {
      dnsTimeout: this.timeoutMs,
      connectionTimeout: this.timeoutMs,
      greetingTimeout: this.timeoutMs,
      socketTimeout: this.timeoutMs,
    };
    return createTransport({ url: this.url, pool: true, ...timeouts }, { from: this.from });
  }
}

/** https://nodemailer.com/errors */
interface SmtpError {
  readonly message: string;
  readonly code?: string;
  /** What the server has answered: RFC 5321, 4.2. */
  readonly responseCode?: number;
}
