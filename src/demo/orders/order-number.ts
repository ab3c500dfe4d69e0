import { randomBytes } from 'node:crypto';

/** Crockford's base32: no letter that is read as a digit or as another letter. https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 60 bits: nobody counts the shop's orders by them, and among millions no two are the same. */
const CHARACTERS = 12;

const FORM = new RegExp(`^[${ALPHABET}]{4}(-[${ALPHABET}]{4}){2}$`);

/** A number for people to read and to read out, e.g. 4T7K-9QXM-2HVB. */
export function newOrderNumber(): string {
  const characters = [...randomBytes(CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return characters.join('').replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** Whatever is none never reaches the database. */
export function isOrderNumber(text: string): boolean {
  return FORM.test(text);
}
