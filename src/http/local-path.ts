const LONGEST = 2_000;

/**
 * Where a `next` parameter may send the browser: a path on this host. Anything else (another host in any of the
 * spellings that browsers understand, a scheme, control characters) becomes `/`.
 */
export function localPath(next: string | undefined): string {
  if (next === undefined || next.length > LONGEST || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) {
    return '/';
  }
  const url = URL.parse(next, HERE);
  return url?.origin === HERE ? `${url.pathname}${url.search}${url.hash}` : '/';
}

/** A link to a page that goes on to `next` afterwards, with other parameters if there are any. */
export function linkWithNext(
  path: string,
  next: string | undefined,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const target = localPath(next);
  const query = new URLSearchParams({ ...(target !== '/' && { next: target }), ...parameters });
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** Any origin does: it only tells a path of this host from one that leaves it. */
const HERE = 'http://here';
