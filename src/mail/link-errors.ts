import { ProblemException, type WayOn } from '../http/http.errors.js';

/** A mailed link that is no longer good: it changes nothing, and its page says why and leads on. */
export class LinkGoneException extends ProblemException {
  constructor(title: string, detail: string, waysOn: readonly WayOn[]) {
    super(410, title, detail, waysOn);
  }
}

/** What the link was for is done. */
export class LinkUsedException extends LinkGoneException {
  constructor(purpose: string) {
    const { detail, waysOn } = USED[purpose] ?? { detail: USED_ONCE, waysOn: LOG_IN };
    super('This link was already used', detail, waysOn);
  }
}

/** The link is too old, or the account has changed since it was sent, or it never was one. */
export class LinkExpiredException extends LinkGoneException {
  constructor(purpose: string) {
    const href = ASK[purpose];
    const waysOn = href === undefined ? LOG_IN : [{ label: 'Ask for another link', href }];
    super('This link has expired', purpose === 'undo_email' ? UNDO_EXPIRED : EXPIRED, waysOn);
  }
}

/** The address that a link was sent to has an account by now. */
export class AddressTakenException extends LinkGoneException {
  constructor(waysOn: readonly WayOn[] = LOG_IN) {
    super('There is an account with this address already', TAKEN, waysOn);
  }
}

const LOG_IN: readonly WayOn[] = [
  { label: 'Log in', href: '/login' },
  { label: 'Forgotten your password?', href: '/forgotten' },
];

const USED_ONCE = 'It works once. Nothing was changed by it now.';

/** What was done with a used link, by what it was for; the links of other features have words for all. */
const USED: Readonly<Partial<Record<string, { detail: string; waysOn: readonly WayOn[] }>>> = {
  new_account: {
    detail: 'Your account was made with it. You can log in with the password that you chose.',
    waysOn: LOG_IN,
  },
  new_password: {
    detail: 'A new password was chosen with it. You can log in with that one.',
    waysOn: LOG_IN,
  },
  new_email: {
    detail: 'It confirmed an address. Your account shows the one that it has now.',
    waysOn: [{ label: 'Go to your account', href: '/account' }],
  },
  undo_email: {
    detail:
      'This link has already restored the address. We have emailed you a link to choose a new password.',
    waysOn: [{ label: 'Ask for another link', href: '/forgotten' }],
  },
};

const EXPIRED =
  'A link from a mail works for 30 minutes. It ends earlier when the password, the address or the second step of the account changes. Nothing was changed by it now.';

const UNDO_EXPIRED =
  'This link works for a week. It ends early when this address or an older one has been restored. Nothing was changed by it now.';

const TAKEN = 'An address belongs to one account. Nothing was changed.';

/** Where another link can be asked for, by what it was for. */
const ASK: Readonly<Partial<Record<string, string>>> = {
  new_account: '/signup',
  new_password: '/forgotten',
  new_email: '/account/email',
};
