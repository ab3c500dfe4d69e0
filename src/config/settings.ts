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

export function onOff() {
  const written = (value: unknown) => (value === 'true' ? true : value === 'false' ? false : value);
  return z.preprocess(written, z.boolean({ error: 'true or false' }));
}

export function oneOf<const T extends string>(...values: T[]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

export function text(takes: string) {
  return z.string({ error: takes }).min(1, { error: takes });
}

/** Text of a form. */
export function matching(form: RegExp, takes: string) {
  return z.string({ error: takes }).regex(form, { error: takes });
}

/** A list of words of three letters or more. */
export function words() {
  const takes = 'a list of words of 3 letters or more, like [acme, rocket]';
  return z.array(z.string({ error: takes }).min(3, { error: takes }), { error: takes });
}

/** Text that may be empty: an empty variable is the same as none. */
export function optionalText() {
  return z
    .string({ error: 'text, or nothing' })
    .nullable()
    .transform((value) => value ?? '');
}

/** A URL of one of the protocols, e.g. 'redis:'. */
export function url(protocols: string[], example: string) {
  const takes = `a URL like ${example}`;
  return z.string({ error: takes }).refine((value) => isUrl(value, protocols), { error: takes });
}

/** The URL of a site: links are made with its protocol, host and port, so it has nothing else. */
export function origin(example: string) {
  const takes = `a URL like ${example}, without a path`;
  return z
    .string({ error: takes })
    .refine(
      (value) =>
        isUrl(value, ['https:', 'http:']) && new URL(value).href === `${new URL(value).origin}/`,
      { error: takes },
    );
}

/** One or more URLs of the same protocol, separated by commas. */
export function urls(protocols: string[], example: string) {
  const takes = `a URL like ${example}, or several separated by commas`;
  return z.string({ error: takes }).refine(
    (value) => {
      const [first = '', ...others] = value.split(',').map((part) => part.trim());
      const same = isUrl(first, protocols) ? [new URL(first).protocol] : [];
      return same.length === 1 && others.every((other) => isUrl(other, same));
    },
    { error: takes },
  );
}

function isUrl(value: string, protocols: string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}
