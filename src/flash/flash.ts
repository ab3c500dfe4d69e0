import { TooManyTries } from '../http/http.errors.js';
import type { Session } from '../session/session.js';
import { SessionEnded, SessionStoreUnavailable } from '../session/session.errors.js';
import type { SessionData } from '../session/session-data.js';

/** Leaves a message for the next page, whichever worker answers it: a part of the change that it tells of. */
export function withFlash(data: SessionData, flash: string): SessionData {
  return { ...data, flash };
}

/**
 * Leaves a message about a change that was made outside the session. A message that can't be stored is no error.
 */
export async function leaveFlash(session: Session, flash: string): Promise<void> {
  try {
    await session.update((data) => withFlash(data, flash));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

/**
 * Takes the message for this page out of the session; null when there is none, and then the store is asked nothing. Of
 * several pages that want it at once one gets it. A page that nobody may see leaves it.
 */
export async function takeFlash(session: Session): Promise<string | null> {
  if (session.data.flash === null || session.mayBeUnseen) return null;
  let taken: string | null = null;
  try {
    await session.update((data) => {
      // On a conflict this runs again: what it has seen the last time is what was in the store.
      taken = data.flash;
      return { ...data, flash: null };
    });
  } catch (error) {
    // The page is not withheld for it.
    if (isRefusal(error)) return null;
    throw error;
  }
  return taken;
}

/** Whether a session is gone, can't be had just now, or may not begin. */
function isRefusal(error: unknown): boolean {
  return [SessionEnded, SessionStoreUnavailable, TooManyTries].some(
    (kind) => error instanceof kind,
  );
}
