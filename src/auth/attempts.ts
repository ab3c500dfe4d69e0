import type { User } from '../database/generated/client.js';
import type { WayOut } from '../http/http.errors.js';
import type { Attempt } from '../limits/limits.js';
import type { Session } from '../session/session.js';

/**
 * An attempt at the password of an e-mail address, whether or not there is an account. A new password is another secret:
 * whoever has chosen it by mail is not held up by the attempts at the old one.
 */
export function passwordAttempt(
  email: string,
  user: Pick<User, 'credentialsVersion'> | null,
  knownDevice: string | null,
): Attempt {
  const secret = `password ${email} ${user?.credentialsVersion ?? 0}`;
  return { secret, knownClient: knownDevice, wayOut: NEW_PASSWORD_BY_MAIL };
}

/** An attempt of somebody who is signed in. Each session has its own, so that none uses up what another needs. */
export function passwordAttemptIn({ handle }: Session, user: User): Attempt {
  return passwordAttempt(user.email, user, `session ${handle}`);
}

/** An attempt at the codes of a user. They do not change with the password, so a mailbox buys no more guesses. */
export function codeAttempt({ id }: User, knownDevice: string | null): Attempt {
  return { secret: `code ${id}`, knownClient: knownDevice, wayOut: RECOVERY_CODE };
}

const NEW_PASSWORD_BY_MAIL: WayOut = {
  advice: 'You need not wait: choose a new password by e-mail, and log in with that at once.',
  label: 'Choose a new password',
  href: '/forgotten',
};

const RECOVERY_CODE: WayOut = {
  advice: 'You need not wait: a recovery code is accepted at any time.',
  label: 'Enter a recovery code',
  href: '/login/code',
};
