import { hash, hkdfSync } from 'node:crypto';

import { Secret } from 'otpauth';

/** 120 bits: ASVS 5.0, 6.5.2 asks for 112 where a plain hash is kept. */
const CODE_BYTES = 15;

const CODES = 10;

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

/** What is kept of a recovery code. */
export function recoveryCodeHash(userId: string, code: string): string {
  return hash('sha256', `recovery ${userId} ${code}`, 'base64url');
}
