import { TryAgainLater } from '../http/http.errors.js';

/** A mail to one person, as plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Where mails go. */
export interface MailTransport {
  /** Resolves once the mail is somebody else's to deliver. @throws MailUnavailable @throws MailRefused */
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}

/** No mail can be sent just now. */
export class MailUnavailable extends TryAgainLater {
  override readonly name = 'MailUnavailable';

  constructor(message: string, options?: ErrorOptions) {
    super(message, 'We can’t send a mail right now. Please try again in a moment.', 5, options);
  }
}

/** The mail server takes no mail for this address. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}
