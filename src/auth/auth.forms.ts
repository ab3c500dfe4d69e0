import { z } from 'zod';

import { defineForm, type FormState } from '../http/form.js';
import { linkWithNext, localPath } from '../http/local-path.js';
import { LONGEST_PASSWORD } from './password-length.js';

/** RFC 5321, 4.5.3.1.3: a path is 256 octets with its brackets. */
const LONGEST_EMAIL = 254;

export const email = z
  .string()
  .trim()
  .max(LONGEST_EMAIL, 'This is longer than an e-mail address can be.')
  .pipe(z.email('Please enter an e-mail address, like ada@example.com.'));

/** A code point that is composed of others may be typed as several. In UTF-16 units. */
const LONGEST_TYPED = LONGEST_PASSWORD * 8;

/** Where to go on afterwards. It is in no visible field, so whatever it is not makes no mistake: the login goes to `/`. */
const next = z.string().optional().catch(undefined);

export const NOT_YOUR_PASSWORD = 'This is not your password.';

export const currentPassword = z.string().min(1, 'Please enter your password.').max(LONGEST_TYPED);

/** What it takes besides is for PasswordRules to say, who know whose it is. */
export const newPassword = z.string().min(1, 'Please enter a password.').max(LONGEST_TYPED);

export const loginForm = defineForm(
  { email, password: currentPassword, next },
  { view: 'login', model: (form) => loginPage(form), secret: ['password'] },
);

export const loginAgainForm = defineForm(
  { password: currentPassword, next },
  { view: 'login-again', model: (form) => ({ form }), secret: ['password'] },
);

export const loginCodeForm = defineForm(
  { code: z.string().min(1, 'Please enter a code.').max(100), next },
  { view: 'login-code', model: (form) => ({ form }), secret: ['code'] },
);

export const personName = z
  .string()
  .trim()
  .min(1, 'Please enter your name.')
  .max(100, 'Please enter at most 100 characters.')
  .regex(/^\P{Cc}*$/u, 'Please enter a name without control characters.');

/** The address that a mailed link was sent to. It is shown, for people and their password managers, and not used. */
const shownEmail = z.string().optional();
const token = z.string();

export const signupForm = defineForm(
  { email, next },
  { view: 'signup', model: signupPage, secret: [] },
);

export const signupFinishForm = defineForm(
  { token, email: shownEmail, name: personName, password: newPassword, next },
  { view: 'signup-finish', model: (form) => ({ form }), secret: ['password'] },
);

export const forgottenForm = defineForm(
  { email },
  { view: 'forgotten', model: (form) => ({ form }), secret: [] },
);

export const resetForm = defineForm(
  { token, email: shownEmail, password: newPassword },
  { view: 'reset', model: (form) => ({ form }), secret: ['password'] },
);

export const ADDRESS_REFUSED = 'Our mail server takes no mail for this address.';

/** @param news what has happened to bring the visitor here */
export function loginPage(form: FormState, news?: string) {
  const { next: goesOn } = form.values;
  return {
    form,
    notice: news ?? (goesOn && 'Please log in to go on.'),
    signupUrl: linkWithNext('/signup', goesOn),
  };
}

/** A form as it is shown first. */
export function emptyForm(goesOn: unknown): FormState {
  return { values: nextOf(goesOn), errors: {} };
}

/** The parameter `next`, if there is somewhere to go on to. */
export function nextOf(goesOn: unknown): { readonly next?: string } {
  const target = localPath(typeof goesOn === 'string' ? goesOn : undefined);
  return target === '/' ? {} : { next: target };
}

export function signupPage(form: FormState) {
  return { form, loginUrl: linkWithNext('/login', form.values['next']) };
}
