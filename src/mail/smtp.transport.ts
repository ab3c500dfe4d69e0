import { createTransport } from 'nodemailer';

import { type Mail, MailRefused, type MailTransport, MailUnavailable } from './mail.js';

/**
 * Sends mails over SMTP, through connections that are kept for a while. TLS is used from the start with smtps://, and
 * as soon as the server offers it with smtp://.
 */
export class SmtpTransport implements MailTransport {
  readonly #smtp;

  constructor(url: string, from: string, timeoutMs: number) {
    const timeouts = {
      dnsTimeout: timeoutMs,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    };
    this.#smtp = createTransport({ url, pool: true, ...timeouts }, { from });
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.#smtp.sendMail({ ...mail, disableFileAccess: true, disableUrlAccess: true });
    } catch (error) {
      const { code, responseCode, message } = error as SmtpError;
      if (code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500) {
        throw new MailRefused(message, { cause: error });
      }
      throw new MailUnavailable(message, { cause: error });
    }
  }

  close(): void {
    this.#smtp.close();
  }
}

/** https://nodemailer.com/errors */
interface SmtpError {
  readonly message: string;
  readonly code?: string;
  /** What the server has answered: RFC 5321, 4.2. */
  readonly responseCode?: number;
}
