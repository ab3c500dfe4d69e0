import cluster from 'node:cluster';
import { parseArgs } from 'node:util';

import type { Config } from './config/config.js';
import { ConfigMistakes, loadConfig } from './config/load-config.js';
import { createLogger } from './logging/logger.js';
import { runAlone } from './workers/lone-worker.js';
import { supervise } from './workers/supervise.js';
import { runSupervisedWorker } from './workers/supervised-worker.js';

const { values: options } = parseArgs({
  options: { config: { type: 'string', default: 'config/server.yaml' } },
});

if (cluster.isWorker) {
  runSupervisedWorker();
} else {
  const config = configOrExit(options.config);
  const logger = createLogger(config);
  if (config.workers.count === 1) await runAlone(config, logger);
  else supervise(options.config, config, logger);
}

function configOrExit(file: string): Config {
  try {
    return loadConfig(file, process.env);
  } catch (error) {
    if (!(error instanceof ConfigMistakes)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
