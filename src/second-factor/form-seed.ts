import { randomBytes } from 'node:crypto';

import { z } from 'zod';

const SEED_BYTES = 32;

/** The hidden field of a form that makes a secret from it. Programs that open no page may leave it out. */
export const seedField = z
  .string()
  .regex(/^[\w-]{43}$/, 'is not what the page of this form sends')
  .optional();

/**
 * A random seed for a form, new each time that its page is opened. What the form makes follows from it, so the same form
 * sent twice makes the same, and nobody who has seen it once is told something else.
 */
export function newSeed(): string {
  return randomBytes(SEED_BYTES).toString('base64url');
}
