import cluster from 'node:cluster';
import { parseArgs } from 'node:util';

import type { Config } from './config/config.js';
import { ConfigMistakes, loadConfig } from './config/load-config.js';
import { createLogger } from './logging/logger.js';
import { Supervisor } from './workers/supervisor.js';
import { startWorker } from './workers/worker.js';

const { values: options } = parseArgs({
  options: { config: { type: 'string', default: 'config/server.yaml' } },
});

await start(configOrExit(options.config));

/** Runs a supervisor with its workers, or this process as one of them. */
async function start(config: Config): Promise<void> {
  const logger = createLogger(config);
  const announce = (url: string): void => {
    logger.child({}, { level: 'info' }).info({ url, workers: config.workers.count }, 'ready');
  };
  if (cluster.isWorker) {
    process.send?.({ ready: await startWorker(config, logger) });
  } else if (config.workers.count === 1) {
    announce(await startWorker(config, logger));
  } else {
    new Supervisor(config, logger, announce).start();
  }
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
