import { hkdfSync } from 'node:crypto';

import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';

/** RFC 6238 with what every authenticator app takes: SHA-1, 6 digits, 30 seconds. */
const COMMON = { algorithm: 'SHA1', digits: 6, period: 30 };

/** RFC 4226, 4: the secret has 160 bits. */
const SECRET_BYTES = 20;

/** Steps that a clock may be off, either way: RFC 6238, 5.2 advises one at most. */
const WINDOW = 1;

/** The secret that follows from a seed, in base32. */
export function totpSecretFrom(seed: string, userId: string): string {
  return new Secret({ buffer: hkdfSync('sha256', seed, '', `totp ${userId}`, SECRET_BYTES) })
    .base32;
}

/** The time step whose code this is, or null if it is none of now. */
export function totpStepOf(code: string, secret: string): number | null {
  const timestamp = Date.now();
  const totp = new TOTP({ ...COMMON, secret });
  const delta = totp.validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : TOTP.counter({ period: COMMON.period, timestamp }) + delta;
}

/** A secret as an authenticator app scans it: an image, in SVG. The issuer is the name of this app. */
export function totpQrCode(secret: string, account: string, issuer: string): string {
  const totp = new TOTP({ ...COMMON, issuer, label: account, secret });
  return renderSVG(totp.toString(), { border: 2 });
}

/** A secret as people type it: in groups of four. */
export function inGroups(base32: string): string {
  return base32.replaceAll(/.{4}(?=.)/g, '$& ');
}
