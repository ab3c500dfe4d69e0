import { Visitor } from './visitor.js';

/** Wrong passwords for many accounts from many networks, so that no limit but the queue's holds them up. */
export class Flood {
  readonly #done: Promise<unknown>;
  /** The status codes of all answers so far, and what went wrong where there was none. */
  readonly answers: ReadonlySet<number | string>;
  readonly #answers = new Set<number | string>();
  #stopped = false;
  #sent = 0;

  /** Begins at once. @param from where all of it comes from; by default each guess from another network */
  static at(url: string, atOnce: number, from?: string): Flood {
    return new Flood(url, atOnce, from);
  }

  private constructor(
    private readonly url: string,
    atOnce: number,
    private readonly from?: string,
  ) {
    this.answers = this.#answers;
    this.#done = Promise.all(Array.from({ length: atOnce }, async () => this.#guess()));
  }

  /** Resolves to all answers. */
  async stop(): Promise<ReadonlySet<number | string>> {
    this.#stopped = true;
    await this.#done;
    return this.#answers;
  }

  async #guess(): Promise<void> {
    const guesser = new Visitor(this.url);
    while (!this.#stopped) {
      const n = ++this.#sent;
      const form = { email: `user-${n}@example.com`, password: 'not the password' };
      const from = this.from ?? `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
      const guess = guesser.post('/login', form, { 'x-forwarded-for': from });
      this.#answers.add(await guess.then(({ status }) => status, String));
    }
    guesser.leave();
  }
}
