import { z } from 'zod';

/**
 * The kinds of value that a setting takes. Each says in its error what it takes, as the end of the sentence
 * "holds X; takes …". Values from the environment are text, so numbers and switches are read from text too.
 */

export function integer(least: number, most: number, unit = '') {
  const takes = `a whole number from ${least} to ${most}${unit && ` (${unit})`}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.int({ error: takes }).min(least, { error: takes }).max(most, { error: takes }),
  );
}

export function oneOf<const T extends string>(...values: T[]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

export function text(takes: string) {
  return z.string({ error: takes }).min(1, { error: takes });
}

/** A URL of one of the protocols, e.g. 'redis:'. */
export function url(protocols: string[], example: string) {
  const takes = `a URL like ${example}`;
  return z
    .string({ error: takes })
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: takes,
    });
}
