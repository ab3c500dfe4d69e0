import cluster from 'node:cluster';
import type { Socket } from 'node:net';

import type { Config } from '../config/config.js';
import { WorkerStatus } from '../health/worker-status.js';
import { createLogger } from '../logging/logger.js';
import { loadMetrics } from '../metrics/load-metrics.js';
import type { Metrics } from '../metrics/metrics.js';
import { ALIVE_EVERY_MS, type Order, type Report } from './messages.js';
import { type LoadFeatures, type RunningWorker, startWorker } from './worker.js';

/** Serves as one worker of a supervisor: starts when it is told how, and ends when it is told to, or left alone. */
export function runSupervisedWorker(features: LoadFeatures): void {
  let worker: Promise<RunningWorker> | null = null;
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    const running = await worker;
    const drained = await running?.drain();
    await reportMetrics();
    process.exit(drained === false ? 1 : 0);
  };
  process.on('message', (order: Order, socket?: Socket) => {
    if ('drain' in order) void end();
    else if ('start' in order) worker ??= start(order.start, features);
    else if ('metrics' in order) void reportMetrics();
    else void take(worker, socket);
  });
  // Its supervisor is gone.
  process.on('disconnect', () => void end());
  // A terminal sends Ctrl-C to all processes; it is the supervisor that decides.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => report({ retire: { reason: 'signal', inWords: 'SIGTERM' } }));
  report({ hello: true });
}

/** What this worker counts; nothing unless the settings ask for it. */
let metrics: Metrics | undefined;

async function start(config: Config, features: LoadFeatures): Promise<RunningWorker> {
  const number = cluster.worker?.id ?? 0;
  const status = new WorkerStatus({ number, maxRequests: config.workers.max_requests });
  metrics = await loadMetrics(config, number);
  const logger = createLogger(config, number);
  const worker = await startWorker(await features(), config, status, logger, metrics, () => {
    if (status.answered !== status.retiresAfter) return;
    report({ retire: { reason: 'max_requests', inWords: `${status.answered} requests` } });
  });
  report({ ready: true });
  setInterval(() => report({ alive: { rss: process.memoryUsage.rss() } }), ALIVE_EVERY_MS).unref();
  return worker;
}

/** There is no connection when the client has gone in the meantime. */
async function take(worker: Promise<RunningWorker> | null, socket?: Socket): Promise<void> {
  const running = await worker;
  if (!running?.takesConnections) {
    // Nothing has been read from it yet: its supervisor, which has it too, gives it to another worker.
    socket?.destroy();
    return;
  }
  // Before anything is read from it: from then on it lives and dies with this worker.
  report({ taken: true });
  if (socket) running.serve(socket);
}

/** Resolves once the supervisor will get it, whatever becomes of this process. */
async function reportMetrics(): Promise<void> {
  if (!metrics) return;
  const counted = await metrics.report();
  await new Promise<void>((resolve) => report({ metrics: counted }, resolve));
}

function report(what: Report, sent: () => void = () => undefined): void {
  if (process.connected) process.send?.(what, undefined, undefined, sent);
  else sent();
}
