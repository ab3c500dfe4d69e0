import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';

import { TryAgainLater } from '../http/http.errors.js';
import type { Sender } from '../http/sender.js';
import { networkOf } from '../http/network.js';
import { BoundedQueue, QueueFull } from './bounded-queue.js';
import type { StrengthTask } from './strength-thread.js';

/** How many passwords are judged or wait for that: a second's worth of those that take long. */
const CAPACITY = 40;

/** How long the thread stays when nobody chooses a password. */
const IDLE_TIMEOUT_MS = 60_000;

/**
 * Estimates in how many guesses a password is found. That takes a core for up to some tens of milliseconds, so a thread
 * of its own does it and requests are answered meanwhile. The thread takes 17 MB for its lists of words, so it starts when
 * somebody first chooses a password.
 */
@Injectable()
export class StrengthEstimator implements OnApplicationShutdown {
  readonly #queue = new BoundedQueue({ concurrency: 1, capacity: CAPACITY });
  #thread: Piscina<StrengthTask, number> | null = null;

  /** @param file the built strength-thread.js */
  constructor(private readonly file: URL) {}

  /**
   * The estimate as a power of ten.
   * @param words what is tried first
   * @throws TryAgainLater when too many passwords wait
   */
  async guessesLog10(password: string, words: readonly string[], client: Sender): Promise<number> {
    try {
      return await this.#queue.run(networkOf(client.address), async () =>
        this.#startedThread().run({ password, words }),
      );
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      const waiting = `${this.#queue.waiting} passwords wait to be judged`;
      throw new TryAgainLater(waiting, TOO_MANY, 2);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#thread?.destroy();
  }

  #startedThread(): Piscina<StrengthTask, number> {
    return (this.#thread ??= new Piscina<StrengthTask, number>({
      filename: this.file.href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_TIMEOUT_MS,
    }));
  }
}

const TOO_MANY = 'Too many people are choosing a password right now. Please try again in a moment.';
