import type { SessionKey } from '../session-id.js';
import type { ListedSession } from './session-store.js';

export interface IndexedSessions {
  readonly found: ListedSession[];
  /** What the index names, and is not there. */
  readonly gone: SessionKey[];
}

/**
 * The sessions of a user, from an index that is read before they are. A session that is given another id meanwhile, new
 * key first, must not be missed under both: the new key may not be in the index yet, or its session not be there yet.
 * So it looks again until what is gone was gone at the look before, too, and the index has named nothing new since then.
 */
export async function readIndexed(
  readIndex: () => Promise<SessionKey[]>,
  look: (key: SessionKey) => Promise<ListedSession | null>,
): Promise<IndexedSessions> {
  const found = new Map<SessionKey, ListedSession>();
  let gone = new Set<SessionKey>();
  let keys = await readIndex();
  for (;;) {
    const wasGone = gone;
    const unknown = keys.filter((key) => !found.has(key));
    const sessions = await Promise.all(unknown.map(look));
    for (const session of sessions) if (session) found.set(session.key, session);
    gone = new Set(unknown.filter((key) => !found.has(key)));
    if (gone.size > 0) {
      const named = new Set(keys);
      keys = await readIndex();
      if (![...gone].every((key) => wasGone.has(key)) || !keys.every((key) => named.has(key)))
        continue;
    }
    return { found: [...found.values()], gone: [...gone] };
  }
}
