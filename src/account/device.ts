import Bowser from 'bowser';

/** The browser and the system of a user agent, in words. */
export function deviceOf(userAgent: string): string {
  // Without a user agent there is nothing to parse, and Bowser throws.
  if (userAgent === '') return UNKNOWN;
  // oxlint-disable-next-line import/no-named-as-default-member -- Node.js finds no named exports in it
  const { browser, os } = Bowser.parse(userAgent);
  return [browser.name, os.name].filter(Boolean).join(' on ') || UNKNOWN;
}

const UNKNOWN = 'An unknown browser';
