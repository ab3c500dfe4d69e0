/** So many failures in a row, with no worker getting ready between them, are a crash loop. */
const CRASH_LOOP = 5;

/** The first pause before a worker is started anew, and the longest, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** How soon workers that ended are started anew: the more of them fail in a row, the later. */
export class Restarts {
  #failures = 0;
  #notBefore = 0;

  /** Whether starting another would only fail again. */
  get isCrashLoop(): boolean {
    return this.#failures >= CRASH_LOOP;
  }

  /** Milliseconds until the next may be started. */
  get pauseMs(): number {
    return Math.max(0, this.#notBefore - performance.now());
  }

  succeeded(): void {
    this.#failures = 0;
    this.#notBefore = 0;
  }

  ended(failed: boolean): void {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#notBefore = performance.now() + pause;
    if (failed) this.#failures++;
  }
}
