import Bowser from 'bowser';

/** The browser and the system of a user agent, in words. */
export function deviceName(userAgent: string): string {
  // Without a user agent there is nothing to parse, and Bowser throws.
  if (userAgent === '') return UNKNOWN;
  // oxlint-disable-next-line import/no-named-as-default-member -- Node.js finds no named exports in it
  const { browser, os } = Bowser.parse(userAgent);
  const name = [browser.name, os.name].filter(Boolean).join(' on ');
  // Of an agent that it does not know it returns what stands there, and that may be anything.
  return name.replaceAll(/[^\p{L}\p{N} ]/gu, '').slice(0, LONGEST) || UNKNOWN;
}

const LONGEST = 60;

const UNKNOWN = 'An unknown browser';
