import { BROWSER_MAP, OS_MAP, parse } from 'bowser';

/**
 * The browser and the system of a user agent, by the names that Bowser has for those it knows. No word of the user agent
 * itself: whoever sends it could write a message there, for the mail that names the device.
 */
export function deviceName(userAgent: string): string {
  // Without a user agent there is nothing to parse, and Bowser throws.
  if (userAgent === '') return UNKNOWN;
  const { browser, os } = parse(userAgent);
  const name = BROWSERS.has(browser.name) ? browser.name : UNKNOWN;
  return SYSTEMS.has(os.name) ? `${name} on ${os.name}` : `${name}`;
}

const BROWSERS: ReadonlySet<string | undefined> = new Set(Object.values(BROWSER_MAP));

const SYSTEMS: ReadonlySet<string | undefined> = new Set(Object.values(OS_MAP));

const UNKNOWN = 'An unknown browser';
