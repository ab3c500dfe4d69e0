import cluster from 'node:cluster';
import { parseArgs } from 'node:util';

import { ConfigMistakes, loadConfig } from './config/load-config.js';
import { createLogger } from './logging/logger.js';
import { ListenFailed } from './workers/listener.js';
import { runAlone } from './workers/lone-worker.js';
import { supervise } from './workers/supervise.js';
import { runSupervisedWorker } from './workers/supervised-worker.js';

const { values: options } = parseArgs({
  options: { config: { type: 'string', default: 'config/server.yaml' } },
});

if (cluster.isWorker) runSupervisedWorker();
else await run(options.config).catch(explain);

/** Runs a supervisor with its workers, or this process as the only one. */
async function run(file: string): Promise<void> {
  const config = loadConfig(file, process.env);
  const logger = createLogger(config);
  if (config.workers.count === 1) await runAlone(config, logger);
  else await supervise(file, config, logger);
}

/** What an operator can put right needs no stack. */
function explain(error: unknown): never {
  if (!(error instanceof ConfigMistakes || error instanceof ListenFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
