import cluster, { type Worker } from 'node:cluster';
import type { Socket } from 'node:net';

import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import type { MetricsReport } from '../metrics/metrics.js';
import { type EndReason, type Kill, KILLS, type Retirement } from './endings.js';
import type { Order, Report } from './messages.js';

/** The settings that workers were started with; a changed server.yaml makes another. */
export interface Generation {
  readonly config: Config;
}

/** How a worker ended. */
export interface Ending {
  readonly reason: EndReason;
  /** Its exit code, or the signal that ended it, in words. */
  readonly how: string;
  /** Whether it could not start, and not because somebody else killed it. */
  readonly failed: boolean;
  /** A connection that it was given and never took. */
  readonly notTaken: Socket | null;
}

export interface WorkerEvents {
  ready(worker: ManagedWorker): void;
  /** It can take another connection. */
  free(): void;
  retire(): void;
  reported(worker: ManagedWorker, metrics: MetricsReport): void;
  ended(worker: ManagedWorker, ending: Ending): void;
  /** Nothing more will be heard of it: what it had sent before it ended may be heard after that. */
  gone(worker: ManagedWorker): void;
}

/** How long a worker may take to end after its grace period, before it is killed, in milliseconds. */
const GRACE_SLACK_MS = 1_000;

/** How long a worker may take to report its metrics before the last that it has reported will do, in milliseconds. */
const METRICS_WITHIN_MS = 1_000;

/**
 * A worker that says so often that it is alive, and not that it has taken its connection, has not got it: Node.js gives up
 * on one that is out of file descriptors, without a word (MAX_HANDLE_RETRANSMISSIONS in lib/internal/child_process.js).
 */
const LOST_AFTER_REPORTS = 3;

/** A worker process as its supervisor sees it. */
export class ManagedWorker {
  state: 'starting' | 'ready' | 'draining' = 'starting';
  /** Why another should take its place; null while none should. */
  #retiredFor: Retirement['reason'] | null = null;
  readonly #worker: Worker;
  /** Seconds since it was last heard of. */
  #silentFor = 0;
  #killedFor: Kill | null = null;
  /** A connection that it was given and has not taken yet. */
  #given: Socket | null = null;
  /** How often it has said since then that it is alive. */
  #aliveSinceGiven = 0;
  /** Those who wait for its metrics, the first first. */
  readonly #awaitingMetrics: (() => void)[] = [];

  constructor(
    readonly generation: Generation,
    private readonly logger: Logger,
    private readonly events: WorkerEvents,
  ) {
    this.#worker = cluster.fork();
    this.#worker.on('message', (report: Report) => this.#hear(report));
    this.#worker.on('exit', (code, signal) => this.#end(code, signal));
    this.#worker.on('disconnect', () => this.events.gone(this));
    // Sending to one that has just died fails; that it died is heard of anyway.
    this.#worker.on('error', (error) => this.#log('debug', `can't be told: ${error.message}`));
  }

  /** No other has had it. */
  get number(): number {
    return this.#worker.id;
  }

  /** Whether another should take its place. */
  get retiring(): boolean {
    return this.#retiredFor !== null;
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  /** Whether it takes connections now: one that is slow to take one gets no other. */
  get isFree(): boolean {
    return this.state === 'ready' && this.#given === null;
  }

  /** Gives it a connection. Until it has taken that, it is open in this process too: so it outlives the worker. */
  serve(socket: Socket): void {
    this.#given = socket;
    this.#aliveSinceGiven = 0;
    this.#tell({ serve: true }, socket);
  }

  /** To be called every second: kills it when it is late with what it must do. */
  tick(): void {
    this.#silentFor++;
    const { startup_timeout_ms, hang_timeout_ms } = this.generation.config.workers;
    const limitMs = this.state === 'starting' ? startup_timeout_ms : hang_timeout_ms;
    if (this.state === 'draining' || this.#silentFor * 1_000 <= limitMs) return;
    this.kill(this.state === 'starting' ? 'slow_start' : 'hung');
  }

  /** Has it answer what is under way and end, and kills it when that takes longer than the grace period. */
  drain(): void {
    if (this.state === 'draining') return;
    this.state = 'draining';
    this.#tell({ drain: true });
    const graceMs = this.generation.config.server.shutdown_grace_period_ms + GRACE_SLACK_MS;
    const timer = setTimeout(() => this.kill('slow_end'), graceMs);
    this.#worker.once('exit', () => clearTimeout(timer));
  }

  /** Resolves when it has reported its metrics, or is not going to. */
  async reportMetrics(): Promise<void> {
    if (!this.generation.config.metrics.enabled || this.state === 'starting') return;
    await new Promise<void>((resolve) => {
      this.#awaitingMetrics.push(resolve);
      setTimeout(resolve, METRICS_WITHIN_MS);
      this.#tell({ metrics: true });
    });
  }

  kill(reason: Kill): void {
    this.#killedFor ??= reason;
    this.#log('warn', `killed: ${KILLS[reason]}`);
    this.#worker.process.kill('SIGKILL');
  }

  #hear(report: Report): void {
    if (this.state !== 'starting') this.#silentFor = 0;
    if ('hello' in report) this.#tell({ start: this.generation.config });
    else if ('ready' in report) this.#becomeReady();
    else if ('taken' in report) this.#becomeFree();
    else if ('alive' in report) this.#isAlive(report.alive.rss);
    else if ('retire' in report) this.#retire(report.retire);
    else this.#hearMetrics(report.metrics);
  }

  #becomeReady(): void {
    if (this.state !== 'starting') return;
    this.state = 'ready';
    this.#silentFor = 0;
    this.#log('info', 'ready');
    this.events.ready(this);
  }

  #becomeFree(): void {
    this.#given?.destroy();
    this.#given = null;
    this.events.free();
  }

  #isAlive(rss: number): void {
    this.#checkMemory(rss);
    if (this.#given === null || ++this.#aliveSinceGiven < LOST_AFTER_REPORTS) return;
    this.#log('warn', 'could not take a connection, which is closed');
    this.#becomeFree();
  }

  #checkMemory(rss: number): void {
    const { max_memory_mb } = this.generation.config.workers;
    if (max_memory_mb > 0 && rss > max_memory_mb * 2 ** 20) {
      const inWords = `${Math.round(rss / 2 ** 20)} MB of memory`;
      this.#retire({ reason: 'max_memory', inWords });
    }
  }

  #hearMetrics(metrics: MetricsReport): void {
    this.events.reported(this, metrics);
    this.#awaitingMetrics.shift()?.();
  }

  #retire({ reason, inWords }: Retirement): void {
    if (this.retiring || this.state !== 'ready') return;
    this.#retiredFor = reason;
    this.#log('info', `to be replaced: ${inWords}`);
    this.events.retire();
  }

  #end(code: number | null, signal: string | null): void {
    const expected = this.state === 'draining' && this.#killedFor === null;
    const how = this.#killedFor === null ? (signal ?? `exit code ${code}`) : KILLS[this.#killedFor];
    // Without a reason of ours, SIGKILL and SIGTERM come from outside.
    const byItself = this.#killedFor !== null || (signal !== 'SIGKILL' && signal !== 'SIGTERM');
    this.#log(expected ? 'info' : 'warn', `ended: ${how}`);
    const failed = this.state === 'starting' && byItself;
    for (const resolve of this.#awaitingMetrics.splice(0)) resolve();
    const reason = this.#endReason(signal);
    this.events.ended(this, { reason, how, failed, notTaken: this.#given });
  }

  #endReason(signal: string | null): EndReason {
    if (this.#killedFor !== null) return this.#killedFor;
    if (signal !== null) return 'killed';
    return this.state === 'draining' ? (this.#retiredFor ?? 'settings') : 'crashed';
  }

  #tell(order: Order, socket?: Socket): void {
    if (this.#worker.isConnected()) this.#worker.send(order, socket, { keepOpen: true });
  }

  #log(level: 'debug' | 'info' | 'warn', message: string): void {
    this.logger[level]({ worker: this.#worker.id, workerPid: this.pid }, `worker ${message}`);
  }
}
