import cluster from 'node:cluster';
import { parseArgs } from 'node:util';

import { ConfigMistakes, loadConfig } from './config/load-config.js';
import { createLogger } from './logging/logger.js';
import { ListenFailed } from './workers/listener.js';

const { values: options } = parseArgs({
  options: { config: { type: 'string', default: 'config/server.yaml' } },
});

if (cluster.isWorker) await work();
else await run(options.config).catch(explain);

// Each kind of process loads what it needs and no more: to load the application takes a second or two, and a supervisor
// has no use for it.

async function work(): Promise<void> {
  const { runSupervisedWorker } = await import('./workers/supervised-worker.js');
  runSupervisedWorker();
}

/** Runs a supervisor with its workers, or this process as the only one. */
async function run(file: string): Promise<void> {
  const config = loadConfig(file, process.env);
  const logger = createLogger(config);
  if (config.workers.count === 1) {
    const { runAlone } = await import('./workers/lone-worker.js');
    await runAlone(config, logger);
  } else {
    const { supervise } = await import('./workers/supervise.js');
    await supervise(file, config, logger);
  }
}

/** What an operator can put right needs no stack. */
function explain(error: unknown): never {
  if (!(error instanceof ConfigMistakes || error instanceof ListenFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
