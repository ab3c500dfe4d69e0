import { ProblemException } from '../http/http.errors.js';

/** What a user logs in with was changed at the same time. Nothing else was done. */
export class CredentialsChangedException extends ProblemException {
  constructor() {
    super(
      409,
      'Your account was changed just now',
      'Somebody, perhaps you in another window, has changed what you log in with at the same time. Nothing else was done: please try again.',
    );
  }
}
