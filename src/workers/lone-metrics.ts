import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import type { Metrics } from '../metrics/metrics.js';
import { ProgramMetrics } from '../metrics/program-metrics.js';
import { MetricsServer } from './metrics-server.js';

/** Serves the metrics of a process that is alone. */
export async function serveMetrics(
  metrics: Metrics,
  config: Config,
  logger: Logger,
): Promise<void> {
  const program = new ProgramMetrics();
  const server = new MetricsServer(async () => {
    program.workerReported(1, await metrics.report());
    return program.text();
  }, logger);
  await server.use(config.metrics);
}
