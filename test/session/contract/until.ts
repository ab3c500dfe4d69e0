import { setTimeout as pause } from 'node:timers/promises';

import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';

const DEADLINE_MS = 60_000;

/** Resolves when something holds, as soon as the store answers. @throws Error when it never does */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
    }
    // It rejects at once: without a pause nothing else would get its turn, not even the reconnection.
    await pause(10);
  }
  throw new Error(`it never came to this: ${holds.toString()}`);
}
