import type { Transporter } from 'nodemailer';

import { MailRefused, type MailTransport, type OutgoingMail } from './mail.js';

/** RFC 5321, 4.5.3.2: a client waits so long for the greeting, and for the reply to a whole email. */
const GREETING_TIMEOUT_MS = 5 * 60_000;
const REPLY_TIMEOUT_MS = 10 * 60_000;

/**
 * Sends emails over SMTP, through connections that are kept for a while. TLS is used from the start with smtps://, and
 * as soon as the server offers it with smtp://.
 */
export class SmtpTransport implements MailTransport {
  #opened: Promise<Transporter> | null = null;

  constructor(
    private readonly url: string,
    private readonly from: string,
  ) {}

  async send({ id, createdAt, to, subject, text }: OutgoingMail): Promise<void> {
    const smtp = await (this.#opened ??= this.#open());
    try {
      await smtp.sendMail({
        to,
        subject,
        text,
        messageId: `<${id}@${this.#domain()}>`,
        date: createdAt,
        // RFC 3834: no auto-responder answers.
        headers: { 'auto-submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } catch (error) {
      throw refusalOf(error as SmtpError) ?? withAdvice(error as SmtpError);
    }
  }

  async close(): Promise<void> {
    (await this.#opened)?.close();
  }

  /** With the first email: a worker starts without it. */
  async #open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const timeouts = {
      connectionTimeout: GREETING_TIMEOUT_MS,
      greetingTimeout: GREETING_TIMEOUT_MS,
      socketTimeout: REPLY_TIMEOUT_MS,
    };
    // One more try where a kept connection was closed; the outbox makes all others.
    const pool = { pool: true as const, maxRequeues: 1 };
    return createTransport({ url: this.url, ...pool, ...timeouts }, { from: this.from });
  }

  #domain(): string {
    return /@([^@>\s]+)>?\s*$/.exec(this.from)?.[1] ?? 'localhost';
  }
}

/** https://nodemailer.com/errors */
interface SmtpError extends Error {
  readonly code?: string;
  /** What the client had sent last. */
  readonly command?: string;
  /** What the server has answered: RFC 5321, 4.2. */
  readonly response?: string;
  readonly responseCode?: number;
}

/**
 * What the server says for good about the recipient's mailbox; null when it says something else. The same codes can also
 * mean that it refuses the sender or the client, which is for the operator to mend: RFC 3463 tells these apart, where the
 * server uses it, and else the words that servers use for it.
 */
function refusalOf(error: SmtpError): MailRefused | null {
  const { command, response = '', responseCode = 0 } = error;
  if (command !== 'RCPT TO') return null;
  const [, status] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
  const isRefused =
    status === undefined
      ? RECIPIENT_CODES.has(responseCode) && !ABOUT_THE_CLIENT.test(response)
      : RECIPIENT_STATUS.test(status);
  return isRefused ? new MailRefused(String(error), status !== undefined, { cause: error }) : null;
}

/** RFC 3463, 3.2 and 3.3, and RFC 7505 for 10: the address or the mailbox of the recipient. 5.1.7 and 5.1.8 are the sender's. */
const RECIPIENT_STATUS = /^5\.(1\.([0-6]|10)|2\.\d+)$/;

/** RFC 5321, 4.2.3, and RFC 7504 for 556; 501 is about the syntax of the address. */
const RECIPIENT_CODES: ReadonlySet<number> = new Set([501, 550, 551, 552, 553, 556]);

/** What Exim and others say of whoever sends. */
const ABOUT_THE_CLIENT = /relay|sender|verif|authenticat|polic|denied|permitted|block|spam|reput/i;

/** The same error, saying which setting it is about where that is known. */
function withAdvice(error: SmtpError): Error {
  const setting =
    error.command === 'MAIL FROM' ? 'mail.from' : error.code === 'EAUTH' && 'mail.url';
  return setting ? new Error(`${error.message} (see ${setting})`, { cause: error }) : error;
}
