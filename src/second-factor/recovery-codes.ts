import { hash, hkdfSync } from 'node:crypto';

import { Secret } from 'otpauth';

/** 120 bits: ASVS 5.0, 6.5.2 asks for 112 where a plain hash is kept. */
const CODE_BYTES = 15;

const CODES = 10;

const CODE_FORM = /^[A-Z2-7]{24}$/;

/** The recovery codes that follow from a seed, each in base32. Without seed and salt nobody can tell them. */
export function recoveryCodesFrom(seed: string, salt: string, userId: string): string[] {
  return Array.from({ length: CODES }, (_, i) => {
    const buffer = hkdfSync('sha256', seed, salt, `recovery ${userId} ${i}`, CODE_BYTES);
    return new Secret({ buffer }).base32;
  });
}

/** What is kept of a seed. */
export function recoverySeedHash(seed: string, userId: string): string {
  return hash('sha256', `recovery seed ${userId} ${seed}`, 'base64url');
}

/** What is kept of a recovery code; null for what has not the form of one. Spaces, dashes and small letters are fine. */
export function recoveryCodeHash(userId: string, typed: string): string | null {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  return CODE_FORM.test(code) ? hash('sha256', `recovery ${userId} ${code}`, 'base64url') : null;
}
