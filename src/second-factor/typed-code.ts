import { z } from 'zod';

/** RFC 6238, with 6 digits. */
const APP_CODE = /^[0-9]{6}$/;

/** 120 bits in base32. */
const RECOVERY_CODE = /^[A-Z2-7]{24}$/;

/** Room for a recovery code with all that may be pasted along. Longer ones would cost time before any limit counts them. */
const MAX_TYPED_CHARACTERS = 200;

/** The digits that base32 does not have, and the capitals that look like them (RFC 4648, 3.4, has 0 and 1). */
const LOOK_ALIKES: Readonly<Record<string, string>> = { 0: 'O', 1: 'I', 8: 'B' };

const NO_CODE =
  'Please enter the 6 digits that your app shows, or a recovery code: 24 letters and digits.';

/** The field of a form for a code of an app, or a recovery code. A value that can be neither does not count as a try. */
export const codeField = z.string().transform(readCode).pipe(z.string(NO_CODE));

/**
 * A code as it is compared, however it was typed or pasted: without spaces, dashes and invisible characters, in capitals, with
 * the digits of any script as 0 to 9. Null for what has the form of no code.
 */
export function readCode(typed: string): string | null {
  if (typed.length > MAX_TYPED_CHARACTERS) return null;
  const code = typed
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{Nd}]/gu, '')
    .replaceAll(/\p{Nd}/gu, digitOf)
    .toUpperCase();
  if (isAppCode(code)) return code;
  const recoveryCode = code.replaceAll(/[018]/g, (digit) => LOOK_ALIKES[digit] ?? digit);
  return isRecoveryCode(recoveryCode) ? recoveryCode : null;
}

export function isAppCode(code: string): boolean {
  return APP_CODE.test(code);
}

export function isRecoveryCode(code: string): boolean {
  return RECOVERY_CODE.test(code);
}

/** A decimal digit of any script as 0 to 9: the ten of a script follow each other (Unicode Standard, 4.6). */
function digitOf(digit: string): string {
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(digit.codePointAt(0)! - value - 1))) value++;
  return String(value % 10);
}
