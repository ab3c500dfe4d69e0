import { setTimeout as pause } from 'node:timers/promises';

import { SessionEnded, SessionStoreUnavailable } from './session.errors.js';
import { type Change, frozen, type SessionData } from './session-data.js';
import type { SessionKey } from './session-id.js';
import type { LiveSession, SessionRepository } from './session-repository.js';

interface Waiting {
  readonly change: Change;
  readonly resolve: (changed: LiveSession) => void;
  readonly reject: (reason: unknown) => void;
}

/** How long a change may go on losing against the changes of other workers. */
const GIVE_UP_AFTER_MS = 5_000;
const LONGEST_PAUSE_MS = 50;

/**
 * Applies changes to sessions by compare-and-swap. The changes of one session that meet in this worker wait in line,
 * and all that wait are applied in a single swap: contention is between workers, not between requests.
 */
export class SessionChanges {
  readonly #sessions: SessionRepository;
  readonly #lines = new Map<SessionKey, Waiting[]>();

  /** @param wait how to wait before a change is tried again, in milliseconds */
  constructor(
    sessions: SessionRepository,
    private readonly wait: (ms: number) => Promise<unknown> = pause,
  ) {
    this.#sessions = sessions;
  }

  /**
   * Resolves to the session as it was stored with the change in it.
   * @throws SessionEnded, SessionStoreUnavailable, and whatever `change` throws
   */
  async apply(session: LiveSession, change: Change): Promise<LiveSession> {
    return new Promise((resolve, reject) => {
      const waiting = { change, resolve, reject };
      const line = this.#lines.get(session.key);
      if (line) {
        line.push(waiting);
      } else {
        void this.#serve(session, [waiting]);
      }
    });
  }

  /** Serves a line until nobody waits in it. */
  async #serve(session: LiveSession, line: Waiting[]): Promise<void> {
    this.#lines.set(session.key, line);
    let newest: LiveSession | null = session;
    while (line.length > 0) {
      const batch = line.splice(0);
      try {
        newest = await this.#swap(session.key, newest, batch);
      } catch (error) {
        newest = null;
        // Those who came meanwhile would wait as long again for a store that does not answer.
        const stranded = error instanceof SessionStoreUnavailable ? line.splice(0) : [];
        for (const { reject } of [...batch, ...stranded]) reject(error);
      }
    }
    this.#lines.delete(session.key);
  }

  /** Applies a batch to the newest data; resolves to what is stored then. `known` may be out of date: the swap tells. */
  async #swap(key: SessionKey, known: LiveSession | null, batch: Waiting[]): Promise<LiveSession> {
    const started = Date.now();
    for (let attempt = 0; ; attempt++) {
      const fresh = attempt > 0 || known === null;
      const session = fresh ? await this.#sessions.read(key) : known;
      if (session === null) throw new SessionEnded();

      const { data, applied, failed } = applyAll(session.record.data, batch);
      const changed =
        applied.length > 0 ? await this.#sessions.replace(session, data) : fresh && session;
      if (changed) {
        for (const { resolve } of applied) resolve(changed);
        for (const { waiting, error } of failed) waiting.reject(error);
        return changed;
      }
      if (Date.now() - started > GIVE_UP_AFTER_MS) {
        throw new SessionStoreUnavailable(`a session changed too often for ${GIVE_UP_AFTER_MS} ms`);
      }
      if (applied.length > 0)
        await this.wait(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
    }
  }
}

interface Outcome {
  readonly data: SessionData;
  readonly applied: Waiting[];
  readonly failed: { waiting: Waiting; error: unknown }[];
}

/** Applies changes one after the other. One that throws leaves no trace in the data and does not stop the others. */
function applyAll(initial: SessionData, batch: Waiting[]): Outcome {
  let data = initial;
  const applied: Waiting[] = [];
  const failed: Outcome['failed'] = [];
  for (const waiting of batch) {
    try {
      data = frozen(waiting.change(data));
      applied.push(waiting);
    } catch (error) {
      failed.push({ waiting, error });
    }
  }
  return { data, applied, failed };
}
