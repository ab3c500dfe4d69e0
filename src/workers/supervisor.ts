import type { Socket } from 'node:net';
import { availableParallelism } from 'node:os';

import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import type { ProgramMetrics, WorkerCounts } from '../metrics/program-metrics.js';
import { type Ending, type Generation, ManagedWorker } from './managed-worker.js';
import { Restarts } from './restarts.js';

/** As many connections may wait for a worker; beyond, the one that has waited longest is closed. */
const MOST_WAITING = 4_096;

/** How often workers report their metrics at least, in milliseconds: so much is lost of what one counts that is killed. */
const METRICS_EVERY_MS = 5_000;

/**
 * Keeps as many workers as the settings ask for. Whatever happens (a worker crashes, has answered its share, the
 * settings change), the answer is the same: compare what there is with what there should be, and take one step.
 * A worker that is to go stays until another is ready.
 */
export class Supervisor {
  readonly #workers = new Set<ManagedWorker>();
  readonly #restarts = new Restarts();
  /** Connections that no worker was free to take, the oldest first. */
  readonly #waiting: Socket[] = [];
  #generation: Generation;
  /** The last that got a worker ready; null at first. */
  #proven: Generation | null = null;
  #announced = false;
  #stopping = false;
  #nextStep: NodeJS.Timeout | undefined;
  #exitCode = 0;

  /**
   * @param onReady called once, when all workers listen for the first time
   * @param onEnd called with the exit code when no worker is left
   */
  constructor(
    config: Config,
    private readonly logger: Logger,
    private readonly metrics: ProgramMetrics,
    private readonly onReady: () => void,
    private readonly onEnd: (exitCode: number) => void,
  ) {
    this.#generation = { config };
    metrics.watchWorkers(() => this.#counts);
  }

  start(): void {
    // One that hangs is found by ticks of this process: time that the whole machine sleeps counts for nobody.
    setInterval(() => this.#workers.forEach((worker) => worker.tick()), 1_000).unref();
    setInterval(() => void this.reportMetrics(), METRICS_EVERY_MS).unref();
    this.#step();
  }

  /** Gives a connection to a worker, as soon as one can take it. */
  serve(socket: Socket): void {
    this.#waiting.push(socket);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()?.destroy();
    this.#handOut();
  }

  /** Resolves when the metrics are those of this moment. */
  async reportMetrics(): Promise<void> {
    await Promise.all([...this.#workers].map(async (worker) => worker.reportMetrics()));
  }

  /** Replaces all workers, one by one, by such that have these settings. */
  reload(config: Config): void {
    this.#use({ config });
  }

  /** Has all workers answer what is under way and end. A second call kills them. */
  stop(): void {
    if (this.#stopping) this.#workers.forEach((worker) => worker.kill('told_twice'));
    this.#stopping = true;
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    for (const worker of this.#workers) {
      if (worker.state === 'starting') worker.kill('not_needed');
      else worker.drain();
    }
    this.#endIfAlone();
  }

  #use(generation: Generation): void {
    this.#generation = generation;
    this.#restarts.succeeded();
    this.#step();
  }

  /** One step towards what should be. */
  #step(): void {
    clearTimeout(this.#nextStep);
    if (this.#stopping) return;
    const live = [...this.#workers].filter(({ state }) => state !== 'draining');
    const ready = this.#ready;
    const old = ready.filter((worker) => this.#isOld(worker));
    if (ready.length > this.#count) (old[0] ?? ready[0])?.drain();
    const successor = old.length > 0 && live.length === ready.length ? 1 : 0;
    const missing = this.#count + successor - live.length;
    if (missing <= 0) return;
    const { pauseMs } = this.#restarts;
    if (pauseMs > 0) this.#nextStep = setTimeout(() => this.#step(), pauseMs);
    else for (let i = 0; i < missing; i++) this.#add();
  }

  /** To each worker in turn that is free. */
  #handOut(): void {
    for (const worker of this.#workers) {
      if (this.#waiting.length === 0) return;
      if (!worker.isFree) continue;
      worker.serve(this.#waiting.shift()!);
      // To the end of the line.
      this.#workers.delete(worker);
      this.#workers.add(worker);
    }
  }

  #add(): void {
    const worker = new ManagedWorker(this.#generation, this.logger, {
      ready: (ready) => this.#onReady(ready),
      free: () => this.#handOut(),
      retire: () => this.#step(),
      reported: ({ number }, metrics) => this.metrics.workerReported(number, metrics),
      ended: (ended, ending) => this.#onEnded(ended, ending),
      gone: ({ number }) => this.metrics.workerGone(number),
    });
    this.#workers.add(worker);
  }

  #onReady({ generation }: ManagedWorker): void {
    if (generation === this.#generation) this.#proven = generation;
    this.#restarts.succeeded();
    this.#handOut();
    this.#step();
    if (this.#announced || this.#ready.length < this.#count) return;
    this.#announced = true;
    this.onReady();
  }

  #onEnded(worker: ManagedWorker, ending: Ending): void {
    this.#workers.delete(worker);
    this.metrics.workerEnded(ending.reason);
    if (ending.notTaken) this.#waiting.unshift(ending.notTaken);
    if (this.#stopping) return this.#endIfAlone();
    if (worker.state !== 'draining') this.#restarts.ended(ending.failed);
    if (this.#restarts.isCrashLoop) this.#giveUp(ending.how);
    this.#handOut();
    this.#step();
  }

  /** Settings that no worker can start with are given up for the last that worked; without such, all is. */
  #giveUp(reason: string): void {
    if (this.#proven !== null && this.#proven !== this.#generation) {
      this.logger.error(`no worker starts with the new settings (${reason}): the old ones stay`);
      this.#use(this.#proven);
      return;
    }
    if (this.#ready.length > 0) return;
    this.logger.fatal(`no worker starts (${reason})`);
    this.#exitCode = 1;
    this.stop();
  }

  get #counts(): WorkerCounts {
    const counts = { starting: 0, ready: 0, draining: 0 };
    for (const { state } of this.#workers) counts[state]++;
    return counts;
  }

  get #ready(): ManagedWorker[] {
    return [...this.#workers].filter(({ state }) => state === 'ready');
  }

  #isOld(worker: ManagedWorker): boolean {
    return worker.retiring || worker.generation !== this.#generation;
  }

  get #count(): number {
    return this.#generation.config.workers.count || availableParallelism();
  }

  #endIfAlone(): void {
    if (this.#workers.size === 0) this.onEnd(this.#exitCode);
  }
}
