import cluster, { type Worker } from 'node:cluster';
import { availableParallelism } from 'node:os';

import type { Logger } from 'pino';

import type { Config } from '../config/config.js';

/** How long a worker that died is left alone before another takes its place, in milliseconds. */
const RESTART_PAUSE_MS = 200;

/** What a worker tells its supervisor once it listens. */
export interface WorkerReady {
  readonly ready: string;
}

/** Starts the workers, replaces those that die, and stops all of them when it is told to. */
export class Supervisor {
  #stopping = false;
  #ready = 0;

  constructor(
    private readonly config: Config,
    private readonly logger: Logger,
    private readonly onReady: (url: string) => void,
  ) {}

  start(): void {
    cluster.on('exit', (worker, code, signal) => this.#onExit(worker, signal ?? code));
    cluster.on('message', (worker, message: WorkerReady) => this.#onReady(worker, message.ready));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#stop());
    for (let i = 0; i < this.#count; i++) cluster.fork();
  }

  get #count(): number {
    return this.config.workers.count || availableParallelism();
  }

  #onReady(worker: Worker, url: string): void {
    this.logger.info(`worker ${worker.id} (pid ${worker.process.pid}) is ready`);
    this.#ready++;
    if (this.#ready === this.#count) this.onReady(url);
  }

  #onExit(worker: Worker, reason: string | number): void {
    if (this.#stopping) {
      if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
      return;
    }
    this.logger.warn(`worker ${worker.id} (pid ${worker.process.pid}) ended: ${reason}`);
    if (this.#ready < this.#count) {
      this.logger.fatal('a worker ended before it was ready');
      this.#stop();
      process.exitCode = 1;
      return;
    }
    setTimeout(() => {
      if (!this.#stopping) cluster.fork();
    }, RESTART_PAUSE_MS);
  }

  #stop(): void {
    this.#stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  }
}
