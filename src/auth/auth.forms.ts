import { z } from 'zod';

import { defineForm, type FormState } from '../http/form.js';
import { linkWithNext, localPath } from '../http/local-path.js';

/** RFC 5321, 4.5.3.1.3: a path is 256 octets with its brackets. */
const LONGEST_EMAIL = 254;

/** NIST SP 800-63B-4, 3.1.1.2, for a password that is the only factor; counted in code points. */
const SHORTEST_PASSWORD = 15;

/** More than anybody types, and little enough to hash (NIST asks for 64 at least). In code points. */
const LONGEST_PASSWORD = 256;

const email = z
  .string()
  .trim()
  .max(LONGEST_EMAIL, 'This is longer than an e-mail address can be.')
  .pipe(z.email('Please enter an e-mail address, like ada@example.com.'));

/** Where to go on afterwards. It is in no visible field, so whatever it is not makes no mistake: the login goes to `/`. */
const next = z.string().optional().catch(undefined);

export const NOT_YOUR_PASSWORD = 'This is not your password.';

export const currentPassword = z
  .string()
  .min(1, 'Please enter your password.')
  .max(LONGEST_PASSWORD * 4);

export const newPassword = z
  .string()
  .refine((password) => lengthOf(password) >= SHORTEST_PASSWORD, {
    error: `Please use at least ${SHORTEST_PASSWORD} characters. A few words make a good password.`,
  })
  .refine((password) => lengthOf(password) <= LONGEST_PASSWORD, {
    error: `Please use at most ${LONGEST_PASSWORD} characters.`,
  });

export const loginForm = defineForm(
  { email, password: currentPassword, next },
  { view: 'login', model: (form) => loginPage(form), secret: ['password'] },
);

export const loginAgainForm = defineForm(
  { password: currentPassword, next },
  { view: 'login-again', model: (form) => ({ form }), secret: ['password'] },
);

export const signupForm = defineForm(
  {
    name: z
      .string()
      .trim()
      .min(1, 'Please enter your name.')
      .max(100, 'Please enter at most 100 characters.')
      .regex(/^\P{Cc}*$/u, 'Please enter a name without control characters.'),
    email,
    password: newPassword,
    next,
  },
  { view: 'signup', model: signupPage, secret: ['password'] },
);

/** @param ended what to say of a session that somebody else has ended */
export function loginPage(form: FormState, ended?: string) {
  const { next: goesOn } = form.values;
  return {
    form,
    notice: ended ?? (goesOn && 'Please log in to go on.'),
    signupUrl: linkWithNext('/signup', goesOn),
  };
}

/** A form as it is shown first. */
export function emptyForm(goesOn: unknown): FormState {
  const target = localPath(typeof goesOn === 'string' ? goesOn : undefined);
  return { values: target === '/' ? {} : { next: target }, errors: {} };
}

export function signupPage(form: FormState) {
  return { form, loginUrl: linkWithNext('/login', form.values['next']) };
}

function lengthOf(password: string): number {
  return [...password.normalize('NFKC')].length;
}
