const MAX_CHARACTERS = 2_000;

/**
 * Where a `next` parameter may send the browser: a path on this host. Anything else (another host in any of the
 * spellings that browsers understand, a scheme, control characters) becomes `/`.
 */
export function localPath(next: string | undefined): string {
  if (next === undefined || !isPath(next)) return '/';
  const path = resolved(next);
  // Dots may have stood between the slashes of `/.//host`: what comes out is what the browser gets.
  return path !== null && isPath(path) && resolved(path) === path ? path : '/';
}

/** A link to a page that goes on to `next` afterwards. */
export function linkWithNext(path: string, next: string | undefined): string {
  const target = localPath(next);
  return target === '/' ? path : `${path}?${new URLSearchParams({ next: target }).toString()}`;
}

/** Any origin does: it only tells a path of this host from one that leaves it. */
const HERE = 'http://here';

function isPath(text: string): boolean {
  return text.length <= MAX_CHARACTERS && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(text);
}

/** What a browser makes of a path on this host; null when it leaves it. */
function resolved(path: string): string | null {
  const url = URL.parse(path, HERE);
  return url?.origin === HERE ? url.pathname + url.search + url.hash : null;
}
