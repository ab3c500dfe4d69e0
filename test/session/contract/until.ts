import { setTimeout as pause } from 'node:timers/promises';

import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';

/** Resolves when something holds, as soon as the store answers; the test's own timeout is the limit. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
    }
    // It rejects at once: without a pause nothing else would get its turn, not even the reconnection.
    await pause(10);
  }
}
