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
  /** Set to false by a worker that is about to end at once: its supervisor gives its next connection to another one. */
  takesConnections = true;

  constructor(supervised?: { readonly number: number; readonly maxRequests: number }) {
    this.number = supervised?.number ?? null;
    const most = supervised?.maxRequests ?? 0;
    this.retiresAfter = most > 0 ? Math.ceil(most * (1 - Math.random() * SPREAD)) : null;
  }
}
