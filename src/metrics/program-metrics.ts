import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';

import type { MetricsReport, MetricValues } from './metrics.js';

/** How many workers there are in each state. */
export type WorkerCounts = Readonly<Record<string, number>>;

/** The metrics of all workers together. What a worker has counted stays counted when it ends. */
export class ProgramMetrics {
  readonly #reports = new Map<number, MetricsReport>();
  /** What workers have counted that are gone. */
  #past: Promise<readonly MetricValues[]> = Promise.resolve([]);
  readonly #registry = new Registry();
  readonly #endings = new Counter({
    name: 'worker_endings_total',
    help: 'Workers that have ended, by why.',
    labelNames: ['reason'],
    registers: [this.#registry],
  });
  readonly #workers = new Gauge({
    name: 'workers',
    help: 'Workers that there are, by state.',
    labelNames: ['state'],
    registers: [this.#registry],
  });
  #countWorkers = (): WorkerCounts => ({});

  /** Has it tell how many workers there are, too. */
  watchWorkers(counts: () => WorkerCounts): void {
    this.#countWorkers = counts;
  }

  workerReported(worker: number, report: MetricsReport): void {
    this.#reports.set(worker, report);
  }

  workerEnded(reason: string): void {
    this.#endings.inc({ reason });
  }

  /** To be called when nothing more will be heard of a worker. */
  workerGone(worker: number): void {
    const report = this.#reports.get(worker);
    if (!report) return;
    this.#reports.delete(worker);
    const counted = report.summed.filter(({ type }) => String(type) !== 'gauge');
    this.#past = this.#past.then(async (past) => sum([past, counted]).getMetricsAsJSON());
  }

  /** All of it in Prometheus's text format, as of the last reports. */
  async text(): Promise<string> {
    for (const [state, count] of Object.entries(this.#countWorkers())) {
      this.#workers.set({ state }, count);
    }
    // Of one moment: a worker that is gone by the next is in `past`.
    const reports = [...this.#reports.values()].flatMap(({ summed, own }) => [summed, own]);
    const [past, own] = await Promise.all([this.#past, this.#registry.getMetricsAsJSON()]);
    return sum([past, ...reports, own]).metrics();
  }
}

function sum(metrics: (readonly MetricValues[])[]): Registry {
  return AggregatorRegistry.aggregate(metrics);
}
