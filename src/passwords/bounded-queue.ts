/** The queue has no place for a task, or has given its place to another client. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

interface Waiting {
  /** Begins the task. */
  readonly begin: () => void;
  readonly turnAway: () => void;
}

interface QueueBounds {
  /** How many tasks run at once. */
  readonly concurrency: number;
  /** How many tasks run or wait. */
  readonly capacity: number;
}

/**
 * Runs tasks a few at once, the clients in turn. A full queue takes the last place of the client that waits with most
 * tasks for one that waits with fewer, so no client keeps others out, however many tasks it brings.
 */
export class BoundedQueue {
  #running = 0;
  #waiting = 0;
  /** Whose turn it is next comes first. A client in here has at least one task. */
  readonly #tasksOf = new Map<string, Waiting[]>();

  constructor(private readonly bounds: QueueBounds) {}

  /** How many tasks wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Runs a task when its turn comes.
   * @throws QueueFull when there is no place, or another client takes it while the task waits
   */
  async run<T>(client: string, task: () => Promise<T>): Promise<T> {
    const { concurrency, capacity } = this.bounds;
    if (this.#running + this.#waiting >= capacity) this.#makePlaceFor(client);
    if (this.#running < concurrency) this.#running++;
    else await this.#turnOf(client);
    try {
      return await task();
    } finally {
      this.#handOn();
    }
  }

  /** Resolves with a running task's place, which is handed on by the task before it. */
  async #turnOf(client: string): Promise<void> {
    this.#waiting++;
    await new Promise<void>((begin, turnAway) => {
      const tasks = this.#tasksOf.get(client) ?? [];
      tasks.push({ begin, turnAway: () => turnAway(new QueueFull()) });
      this.#tasksOf.set(client, tasks);
    });
  }

  #handOn(): void {
    const [next] = this.#tasksOf;
    if (next === undefined) {
      this.#running--;
      return;
    }
    const [client, tasks] = next;
    const first = tasks.shift();
    this.#waiting--;
    this.#tasksOf.delete(client);
    if (tasks.length > 0) this.#tasksOf.set(client, tasks);
    first?.begin();
  }

  /** Two clients with as many tasks do not take each other's places: then who came first stays. */
  #makePlaceFor(client: string): void {
    let largest: Waiting[] = [];
    for (const tasks of this.#tasksOf.values()) {
      if (tasks.length > largest.length) largest = tasks;
    }
    const held = this.#tasksOf.get(client)?.length ?? 0;
    if (held + 1 >= largest.length) throw new QueueFull();
    largest.pop()?.turnAway();
    this.#waiting--;
  }
}
