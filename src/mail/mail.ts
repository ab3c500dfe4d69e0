/** An email to one person, as plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** An email on its way. */
export interface OutgoingMail extends Mail {
  /** The same in each attempt, so that mail programs can tell that two are one. */
  readonly id: string;
  readonly createdAt: Date;
}

/** Where emails go. */
export interface MailTransport {
  /**
   * Resolves once the email is somebody else's to deliver.
   * @throws MailRefused when there can't be an email to this address
   * @throws Error when it could not be sent, for whatever other reason
   */
  send(mail: OutgoingMail): Promise<void>;
  close(): Promise<void>;
}

/** The mail server takes no mail for the address of the recipient. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';

  constructor(
    message: string,
    /** False when its answer could mean something else, too: then news is not given up for it. */
    readonly isCertain = true,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
