import type { Config } from '../config/config.js';
import type { Metrics } from './metrics.js';

/** What a worker counts, where the settings ask for it: prom-client is loaded only then. */
export async function loadMetrics(
  { metrics }: Config,
  worker: number,
): Promise<Metrics | undefined> {
  if (!metrics.enabled) return undefined;
  const { Metrics } = await import('./metrics.js');
  return new Metrics(worker);
}
