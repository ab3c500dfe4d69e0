import { setTimeout as pause } from 'node:timers/promises';

import { soak } from '../soak.js';
import { ADD, PAGE } from '../counter/pages.js';
import { type Answer, Visitor } from './visitor.js';

/** What users had to put up with. */
export interface Complaints {
  /** Requests without an answer, or with another than the page or the redirect that it should be. */
  readonly failed: readonly string[];
  /** Requests that were led to the login page. */
  readonly loggedOut: number;
  /** Adds that were acknowledged and are not in the count. */
  readonly lost: number;
  /** What is in the count and was not added. */
  readonly extra: number;
}

export const NONE: Complaints = { failed: [], loggedOut: 0, lost: 0, extra: 0 };

/** The longest that a visitor thinks about a page, in milliseconds: so that connections are idle now and then. */
const THINKING_MS = soak(300, 100);

/** Signed-in users who look at their counter and add to it, until they are stopped. */
export class Visitors {
  static async at(url: string, count = soak(20, 50), thinkingMs = THINKING_MS): Promise<Visitors> {
    const visits: Visit[] = [];
    const logIn = async (): Promise<void> => {
      while (visits.length < count) {
        const place = visits.push(new Visit(new Visitor(url), thinkingMs)) - 1;
        await visits[place]?.logIn();
      }
    };
    // Log-ins cost a lot: too many at once would wait too long.
    await Promise.all([1, 2, 3, 4].map(logIn));
    return new Visitors(visits);
  }

  readonly #visiting: Promise<unknown>;
  #closed = false;

  private constructor(private readonly all: readonly Visit[]) {
    this.#visiting = Promise.all(all.map(async (one) => one.goOn(() => this.#closed)));
  }

  get answered(): number {
    return sum(this.all.map(({ answered }) => answered));
  }

  /** Resolves after as many more requests have been answered. */
  async goOn(requests = 200): Promise<void> {
    const enough = this.answered + requests;
    while (this.answered < enough) await pause(10);
  }

  /** Has them finish, and compares what they were told with what they have. */
  async stop(): Promise<Complaints> {
    this.#closed = true;
    await this.#visiting;
    return {
      failed: this.all.flatMap(({ failed }) => failed),
      loggedOut: sum(this.all.map(({ loggedOut }) => loggedOut)),
      lost: sum(this.all.map(({ lost }) => lost)),
      extra: sum(this.all.map(({ extra }) => extra)),
    };
  }
}

class Visit implements Complaints {
  answered = 0;
  loggedOut = 0;
  lost = 0;
  extra = 0;
  readonly failed: string[] = [];
  #added = 0;
  /** Adds without an answer: they may be in the count, or not. */
  #uncertain = 0;

  constructor(
    private readonly visitor: Visitor,
    private readonly thinkingMs: number,
  ) {}

  async logIn(): Promise<void> {
    await this.visitor.logIn();
  }

  async goOn(closed: () => boolean): Promise<void> {
    while (!closed()) {
      if (this.thinkingMs > 0) await pause(Math.random() * this.thinkingMs);
      await this.#ask(200, async () => this.visitor.get(PAGE));
      const added = await this.#ask(303, async () => this.visitor.post(...ADD));
      if (added === null) this.#uncertain++;
      else if (added) this.#added++;
    }
    const count = await this.visitor.count();
    this.lost = Math.max(0, this.#added - count);
    this.extra = Math.max(0, count - this.#added - this.#uncertain);
    this.visitor.leave();
  }

  /** Whether the answer was the right one; null when there was none. */
  async #ask(status: number, ask: () => Promise<Answer>): Promise<boolean | null> {
    try {
      const answer = await ask();
      this.answered++;
      if (answer.location.startsWith('/login')) this.loggedOut++;
      if (answer.status !== status) this.failed.push(`${answer.status} instead of ${status}`);
      return answer.status === status;
    } catch (error) {
      this.failed.push(String(error));
      return null;
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
