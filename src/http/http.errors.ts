import { HttpException } from '@nestjs/common';

import type { Form } from './form.js';

/** Only somebody who is signed in may have the answer. */
export class LoginRequired extends Error {
  override readonly name = 'LoginRequired';

  /**
   * @param endReason why the session that the browser had was ended, if somebody else has ended it
   * @param returnTo where to go on after the login; by default where the browser was
   */
  constructor(
    readonly endReason: string | null = null,
    readonly returnTo?: string,
  ) {
    super('nobody is signed in');
  }
}

/** There is nothing to show here, but elsewhere. */
export class SeeOtherException extends HttpException {
  /** @param url where the browser goes on, with GET (RFC 9110, 15.4.4) */
  constructor(readonly url: string) {
    super({ url }, 303);
  }
}

/** Only somebody who has given the password a moment ago may have the answer. */
export class FreshLoginRequired extends Error {
  override readonly name = 'FreshLoginRequired';

  /** @param returnTo where to go on after the login; by default where the browser was */
  constructor(readonly returnTo?: string) {
    super('the login is too long ago');
  }
}

/** Something that the answer takes can't be had just now. */
export class TryAgainLater extends Error {
  override readonly name: string = 'TryAgainLater';

  /** @param advice what to tell the client; the message is for the log */
  constructor(
    message: string,
    readonly advice: string,
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** More is asked of this worker than it can answer in time. */
export class Overloaded extends TryAgainLater {
  override readonly name = 'Overloaded';

  constructor(lateMs: number) {
    super(
      `the event loop is ${Math.round(lateMs)} ms late`,
      'More people are here right now than we can serve. Nothing is lost: please try again in a moment.',
      2,
    );
  }
}

/** A link on an error page to where it goes on. */
export interface WayOn {
  readonly label: string;
  readonly href: string;
}

/** What helps somebody who is refused, and the page where they do it. */
export interface WayOut extends WayOn {
  readonly advice: string;
}

/** Something was tried more often than it may be. */
export class TooManyTries extends Error {
  override readonly name = 'TooManyTries';

  constructor(
    readonly retryAfterSeconds: number,
    /** What helps before then, if anything does. */
    readonly wayOut?: WayOut,
  ) {
    super(`too many tries, the next in ${retryAfterSeconds} s`);
  }
}

/** A refusal with words of its own for the client. */
export class ProblemException extends HttpException {
  constructor(
    status: number,
    readonly title: string,
    readonly detail: string,
    /** Where to go from the error page; by default back to the form. */
    readonly waysOn: readonly WayOn[] = [],
  ) {
    super({ title, detail }, status);
  }
}

/** What is wrong with a form, by field; the key `form` stands for the form as a whole. */
export type FieldErrors = Readonly<Record<string, string>>;

/** A form that can't be accepted as it was sent. Its page is shown again, with what was typed and what is wrong. */
export class FormRejected extends Error {
  override readonly name = 'FormRejected';

  constructor(
    readonly form: Form,
    /** What was sent, as it came. */
    readonly sent: unknown,
    readonly errors: FieldErrors,
    readonly status = 422,
    /** What its page shows besides the form. */
    readonly page: object = {},
  ) {
    super(
      Object.entries(errors)
        .map(([field, error]) => `${field}: ${error}`)
        .join('; '),
    );
  }
}
