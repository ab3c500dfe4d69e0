import { OVER_LIMIT } from '../session/session-endings.js';

/** Why this app ends sessions, besides their own log-out. */
export const ENDED_ELSEWHERE = 'elsewhere';
export const NEW_PASSWORD = 'password';
export const NEW_EMAIL = 'email';
export const EMAIL_RESTORED = 'email-restored';
export const SECOND_FACTOR = 'second-factor';
export const ACCOUNT_DISABLED = 'disabled';
export const ACCOUNT_DELETED = 'deleted';

export const ENDED_BY_OPERATOR = 'operator';

const WORDS: Readonly<Record<string, string>> = {
  [ENDED_ELSEWHERE]: 'You have been logged out here from another of your devices.',
  [NEW_PASSWORD]: 'You have been logged out here because the password of your account was changed.',
  [NEW_EMAIL]:
    'You have been logged out here because the e-mail address of your account was changed.',
  [EMAIL_RESTORED]:
    'You have been logged out here because a change of your e-mail address was undone.',
  [ENDED_BY_OPERATOR]:
    'You have been logged out here by those who run this app. You can log in again.',
  [SECOND_FACTOR]:
    'You have been logged out here because the second step of your login was switched on or off.',
  [ACCOUNT_DISABLED]: 'You have been logged out here because your account was disabled.',
  [ACCOUNT_DELETED]: 'You have been logged out here because your account was deleted.',
  [OVER_LIMIT]:
    'You have been logged out here because you have logged in on too many other devices since.',
};

/** What to tell somebody whose session was ended; undefined where there is nothing to tell. */
export function inWords(endReason: string | null): string | undefined {
  return endReason !== null && Object.hasOwn(WORDS, endReason) ? WORDS[endReason] : undefined;
}
