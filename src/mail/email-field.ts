import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

import { z } from 'zod';

import type { Form, ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { MailRefused } from './mail.js';

/** RFC 5321, 4.5.3.1.3: a path is 256 octets with its brackets. */
const MAX_EMAIL_OCTETS = 254;

/** More than an address has before it is converted. */
const MAX_TYPED_CHARACTERS = 1_000;

const TOO_LONG = 'This is longer than an e-mail address can be.';
const NO_EMAIL = 'Please enter an e-mail address, like ada@example.com.';
const NOT_ASCII =
  'We can’t send mail to this address. Before the @, use only letters from a to z, digits and symbols.';

/**
 * The field of a form for an e-mail address. It accepts what browsers accept (`<input type=email>` in the HTML standard), if
 * the domain has a dot and is no IP. An address has one form, however it is typed, which is stored, looked up, shown and sent
 * to: in lower case, and with the domain as DNS has it (IDNA, in UTS 46's form).
 *
 * Before the @ it accepts ASCII only, as browsers do: other letters need SMTPUTF8 (RFC 6531) at each mail server on the way.
 */
export const emailField = z
  .string()
  .max(MAX_TYPED_CHARACTERS, TOO_LONG)
  .transform(withAsciiDomain)
  .pipe(
    z
      .string()
      .max(MAX_EMAIL_OCTETS, { error: TOO_LONG, abort: true })
      .regex(/^\p{ASCII}*$/u, { error: NOT_ASCII, abort: true })
      .regex(z.regexes.html5Email, NO_EMAIL)
      .toLowerCase(),
  );

/** An address without what was pasted around it, its domain in ASCII; empty when the domain can't be one. */
function withAsciiDomain(typed: string): string {
  const email = typed.replaceAll(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  // domainToASCII would end it at a slash, and decode percent codes.
  if (at < 1 || /[^\da-zA-Z.\-\P{ASCII}]/u.test(domain)) return '';
  const ascii = domainToASCII(domain);
  return ascii.includes('.') && isIP(ascii) === 0 ? `${email.slice(0, at)}@${ascii}` : '';
}

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
