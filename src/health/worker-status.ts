/** Takes up to this part off `max_requests`, so that workers which started together don't go together. */
const SPREAD = 0.2;

/** What a worker knows of itself. It is worth nothing to another worker, and lost with this one. */
export class WorkerStatus {
  /** Requests that it has answered. */
  answered = 0;
  /** Whether it takes no new connections, and ends when those that it has are done. */
  draining = false;
  readonly pid = process.pid;
  /** Which worker of its supervisor it is; null when it has none. */
  readonly number: number | null;
  /** After how many requests it asks to be replaced; null for never. */
  readonly retiresAfter: number | null;
  /**
   * Has the supervisor kill one of its workers; false when the process is none. This one is given no more connections,
   * and has to kill itself. Null when there is no supervisor.
   */
  readonly killWorker: ((pid: number) => Promise<boolean>) | null;

  constructor(supervised?: {
    readonly number: number;
    readonly maxRequests: number;
    readonly killWorker: (pid: number) => Promise<boolean>;
  }) {
    this.number = supervised?.number ?? null;
    this.killWorker = supervised?.killWorker ?? null;
    const most = supervised?.maxRequests ?? 0;
    this.retiresAfter = most > 0 ? Math.ceil(most * (1 - Math.random() * SPREAD)) : null;
  }
}
