import { ProblemException } from '../http/http.errors.js';

const SECOND_FACTOR_PAGE = [{ label: 'See your second step', href: '/account/second-factor' }];

/** What was asked for takes a second factor, and the user has none. */
export class SecondFactorOffException extends ProblemException {
  constructor() {
    super(409, 'The second step is off', 'Nothing was changed.', SECOND_FACTOR_PAGE);
  }
}

/** The user has a second factor, and it was not the form sent now that has switched it on. */
export class SecondFactorOnException extends ProblemException {
  constructor() {
    const detail = 'Nothing was changed: the app and the recovery codes that you have are good.';
    super(409, 'The second step is on already', detail, SECOND_FACTOR_PAGE);
  }
}

/** The form that was sent has made recovery codes before, and others have been made since. */
export class NewerCodesException extends ProblemException {
  constructor() {
    const detail =
      'They were made after those of this page, which are no longer good. Nothing was changed now.';
    super(409, 'There are newer recovery codes', detail, SECOND_FACTOR_PAGE);
  }
}
