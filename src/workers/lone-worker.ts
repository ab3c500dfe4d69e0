import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import { WorkerStatus } from '../health/worker-status.js';
import { announce } from '../logging/logger.js';
import { loadMetrics } from '../metrics/load-metrics.js';
import { Listener } from './listener.js';
import { type LoadFeatures, startWorker } from './worker.js';

/**
 * Serves in this process alone, as containers like it: whatever started it starts it anew when it ends.
 * @throws ListenFailed
 */
export async function runAlone(
  config: Config,
  features: LoadFeatures,
  logger: Logger,
): Promise<void> {
  const metrics = await loadMetrics(config, 1);
  const worker = await startWorker(await features(), config, new WorkerStatus(), logger, metrics);
  const listener = new Listener((socket) => worker.serve(socket));
  await listener.listen(config.server);
  if (metrics) {
    const { serveMetrics } = await import('./lone-metrics.js');
    await serveMetrics(metrics, config, logger);
  }
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) process.exit(1);
    ending = true;
    listener.close();
    process.exit((await worker.drain()) ? 0 : 1);
  };
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
  process.on('SIGHUP', () => logger.warn('a single process can’t replace itself: restart it'));
  announce(logger, listener.url, 1);
}
