import type { FastifyRequest } from 'fastify';

import type { Session } from '../../session/session.js';
import type { SessionCookie } from '../../session/session-cookie.js';
import { keyOf, newSessionId, type SessionKey } from '../../session/session-id.js';

/** How much of an id is shown, to find the cookie in the browser by: what is left could not be guessed in any time. */
const ID_CHARACTERS = 4;

/** The session cookie of a request, as far as its own browser's user may see it on a page. */
export interface CookieInSight {
  /** Whether the browser sent it, in whatever form. */
  readonly sent: boolean;
  readonly name: string;
  /** The beginning of the id; null when none was sent, or none that has the form of one. */
  readonly value: string | null;
  /** How many characters an id has. */
  readonly length: number;
  /** The header that the browser got it by, or a visitor's would. */
  readonly header: string;
  readonly attributes: readonly { readonly name: string; readonly meaning: string }[];
  /** For the page's maker: no part of a page. */
  readonly key: SessionKey | null;
}

/** @param session null while the store can't tell */
export function cookieInSight(
  { headers }: FastifyRequest,
  cookie: SessionCookie,
  session: Session | null,
): CookieInSight {
  const { count, ids } = cookie.read(headers.cookie);
  const id = ids.find((sent) => keyOf(sent) === session?.key) ?? ids[0] ?? null;
  const stands = id ?? newSessionId();
  const value = id && `${id.slice(0, ID_CHARACTERS)}…`;
  const until = session?.record?.persistent ? session.expiresAt : null;
  const [pair = '', ...attributes] = cookie.set(stands, until).split('; ');
  const [name = ''] = pair.split('=');
  return {
    sent: count > 0,
    name,
    value,
    length: stands.length,
    header: [`${name}=${value ?? '…'}`, ...attributes].join('; '),
    attributes: attributes.map((text) => ({ name: text, meaning: meaningOf(text) })),
    key: id && keyOf(id),
  };
}

function meaningOf(attribute: string): string {
  if (attribute.startsWith('Max-Age='))
    return 'for so many seconds from now on the browser keeps it, closed or not';
  return MEANINGS[attribute] ?? '';
}

const MEANINGS: Readonly<Record<string, string>> = {
  'Path=/': 'it goes with every request to this host',
  HttpOnly: 'no script on any page can read it',
  'SameSite=Lax': 'it comes along by a link on another site, but not with a form there',
  Secure: 'it travels over HTTPS only',
};
