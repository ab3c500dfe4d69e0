import type { Session } from '../session/session.js';
import { SessionEnded, SessionStoreUnavailable } from '../session/session.errors.js';
import type { SessionData } from '../session/session-data.js';

/** Leaves a message for the next page, whichever worker answers it: a part of the change that it tells of. */
export function withFlash(data: SessionData, flash: string): SessionData {
  return { ...data, flash };
}

/**
 * Takes the message for this page out of the session; null when there is none, and then the store is asked nothing. Of
 * several pages that want it at once one gets it.
 */
export async function takeFlash(session: Session): Promise<string | null> {
  if (session.data.flash === null) return null;
  let taken: string | null = null;
  try {
    await session.update((data) => {
      // On a conflict this runs again: what it has seen the last time is what was in the store.
      taken = data.flash;
      return { ...data, flash: null };
    });
  } catch (error) {
    // The page is not withheld for it.
    if (error instanceof SessionStoreUnavailable || error instanceof SessionEnded) return null;
    throw error;
  }
  return taken;
}
