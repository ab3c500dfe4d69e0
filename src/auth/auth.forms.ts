import { z } from 'zod';

import { defineForm, type FormState } from '../http/form.js';
import { linkWithNext, localPath } from '../http/local-path.js';
import { emailField } from '../mail/email-field.js';
import { currentPassword, shownEmail } from '../passwords/password-fields.js';
import { codeField } from '../second-factor/typed-code.js';

/** Where to go on afterwards. It is in no visible field, so whatever it is not makes no mistake: the login goes to `/`. */
export const nextField = z.string().optional().catch(undefined);

/** The box “Keep me logged in”. Browsers send no field for one that is not checked. */
export const keepField = z.literal('on').optional();

export const loginForm = defineForm(
  { email: emailField, password: currentPassword, keepLoggedIn: keepField, next: nextField },
  { view: 'login', model: (form) => loginPage(form), secret: ['password'] },
);

export const loginAgainForm = defineForm(
  { email: shownEmail, password: currentPassword, next: nextField },
  { view: 'login-again', model: (form) => ({ form }), secret: ['password'] },
);

export const loginCodeForm = defineForm(
  { code: codeField, next: nextField },
  { view: 'login-code', model: (form) => ({ form }), secret: ['code'] },
);

/** @param news what has happened to bring the visitor here */
export function loginPage(form: FormState, news?: string) {
  const { next: goesOn } = form.values;
  return {
    form,
    notice: news ?? (goesOn && 'Please log in to go on.'),
    signupUrl: linkWithNext('/signup', goesOn),
  };
}

/** A form that logs in, as it is shown first: with the box “Keep me logged in” checked. */
export function loginFormFor(goesOn: unknown): FormState {
  return { values: { ...nextOf(goesOn), keepLoggedIn: 'on' }, errors: {} };
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
