import { ProblemException } from '../http/http.errors.js';

/** What a user logs in with was changed at the same time. Nothing else was done. */
export class CredentialsChangedException extends ProblemException {
  constructor() {
    super(
      409,
      'Your account was changed just now',
      'What you log in with was changed at the same moment, perhaps by you in another window. Your request was not carried out. Please try again.',
    );
  }
}
