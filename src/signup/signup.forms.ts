import { z } from 'zod';

import { keepField, nextField } from '../auth/auth.forms.js';
import { personName } from '../auth/person-name.js';
import { defineForm, type FormState } from '../http/form.js';
import { linkWithNext } from '../http/local-path.js';
import { emailField } from '../mail/email-field.js';
import { newPassword, shownEmail } from '../passwords/password-fields.js';

const token = z.string();

export const signupForm = defineForm(
  { email: emailField, next: nextField },
  { view: 'signup', model: signupPage, secret: [] },
);

export const signupFinishForm = defineForm(
  {
    token,
    email: shownEmail,
    name: personName,
    password: newPassword,
    keepLoggedIn: keepField,
    next: nextField,
  },
  { view: 'signup-finish', model: (form) => ({ form }), secret: ['password'] },
);

export const forgottenForm = defineForm(
  { email: emailField },
  { view: 'forgotten', model: (form) => ({ form }), secret: [] },
);

export const resetForm = defineForm(
  { token, email: shownEmail, password: newPassword },
  { view: 'reset', model: (form) => ({ form }), secret: ['password'] },
);

export function signupPage(form: FormState) {
  return { form, loginUrl: linkWithNext('/login', form.values['next']) };
}
