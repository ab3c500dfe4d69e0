import { Visitor } from './visitor.js';

/** Wrong passwords for many accounts from many networks, so that no limit but the queue's holds them up. */
export class Flood {
  readonly #done: Promise<unknown>;
  readonly #answers = new Set<number | string>();
  #stopped = false;
  #sent = 0;

  /** Begins at once. */
  static at(url: string, atOnce: number): Flood {
    return new Flood(url, atOnce);
  }

  private constructor(
    private readonly url: string,
    atOnce: number,
  ) {
    this.#done = Promise.all(Array.from({ length: atOnce }, async () => this.#guess()));
  }

  /** Resolves to the status codes of all answers, and to what went wrong where there was none. */
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
      const from = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
      const guess = guesser.post('/login', form, { 'x-forwarded-for': from });
      this.#answers.add(await guess.then(({ status }) => status, String));
    }
    guesser.leave();
  }
}
