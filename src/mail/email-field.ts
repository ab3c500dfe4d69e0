import { z } from 'zod';

import type { Form, ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { MailRefused } from './mail.js';

/** RFC 5321, 4.5.3.1.3: a path is 256 octets with its brackets. */
const LONGEST_EMAIL = 254;

/** The field of a form for an e-mail address. */
export const emailField = z
  .string()
  .trim()
  .max(LONGEST_EMAIL, 'This is longer than an e-mail address can be.')
  .pipe(z.email('Please enter an e-mail address, like ada@example.com.'));

/** Sends a mail to the `email` of a form. @throws FormRejected when the mail server takes none for it */
export async function sendOrReject<F extends Form<{ email: typeof emailField }>>(
  form: F,
  values: ValuesOf<F>,
  send: () => Promise<void>,
): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    throw new FormRejected(form, values, { email: ADDRESS_REFUSED });
  }
}

const ADDRESS_REFUSED = 'Our mail server takes no mail for this address.';
