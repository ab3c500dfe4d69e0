import cluster from 'node:cluster';

import type { LoadFeatures } from './worker.js';

/**
 * Runs the app with these features: as a supervisor, as one of its workers, or as a single process. Each kind of process
 * loads what it needs and no more: a supervisor has no use for the application, which takes a second to load, and a
 * worker gets its settings from its supervisor.
 */
export async function start(features: LoadFeatures): Promise<void> {
  if (cluster.isWorker) {
    const { runSupervisedWorker } = await import('./supervised-worker.js');
    runSupervisedWorker(features);
  } else {
    const { run } = await import('./run.js');
    await run(features);
  }
}
