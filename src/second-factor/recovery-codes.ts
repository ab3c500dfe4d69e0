import { hash, randomBytes } from 'node:crypto';

import { Secret } from 'otpauth';

/** 120 bits: ASVS 5.0, 6.5.2 asks for 112 where a plain hash is kept. */
const CODE_BYTES = 15;

const CODES = 10;

const CODE_FORM = /^[A-Z2-7]{24}$/;

/** New recovery codes, each in base32. */
export function newRecoveryCodes(): string[] {
  return Array.from(
    { length: CODES },
    () => new Secret({ buffer: Uint8Array.from(randomBytes(CODE_BYTES)).buffer }).base32,
  );
}

/** What is kept of a recovery code; null for what has not the form of one. Spaces, dashes and small letters are fine. */
export function recoveryCodeHash(userId: string, typed: string): string | null {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  return CODE_FORM.test(code) ? hash('sha256', `recovery ${userId} ${code}`, 'base64url') : null;
}
