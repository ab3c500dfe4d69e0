import { Logger } from '@nestjs/common';

/** Removes what has expired, up to a bounded number; resolves to whether there may be more. */
export type SweepPass = () => Promise<boolean>;

/** For stores without a clock of their own: sweeps now and then, pass after pass while one finds more. */
export class Sweep {
  readonly #logger = new Logger('Session');
  readonly #pass: SweepPass;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #failing = false;
  #running: Promise<void> = Promise.resolve();

  /** The first sweep comes after `everyMs` milliseconds, give or take a half: workers should not sweep together. */
  constructor(everyMs: number, pass: SweepPass) {
    this.#everyMs = everyMs;
    this.#pass = pass;
    this.#schedule();
  }

  /** Resolves when no sweep runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#stopped) return;
    const wait = this.#everyMs * (0.5 + Math.random());
    this.#timer = setTimeout(() => {
      this.#running = this.#sweep().then(() => this.#schedule());
    }, wait).unref();
  }

  async #sweep(): Promise<void> {
    try {
      while (!this.#stopped && (await this.#pass()));
      this.#failing = false;
    } catch (error) {
      // Nothing depends on it: what has expired is never read. One line for all attempts that fail in a row.
      if (!this.#failing) this.#logger.warn(`expired sessions stay for now: ${String(error)}`);
      this.#failing = true;
    }
  }
}
