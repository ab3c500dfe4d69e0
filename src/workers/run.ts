import { parseArgs } from 'node:util';

import type { Config } from '../config/config.js';
import { configWarnings } from '../config/config-warnings.js';
import { ConfigMistakes, loadConfig } from '../config/load-config.js';
import { createLogger } from '../logging/logger.js';
import { ListenFailed } from './listener.js';
import type { LoadFeatures } from './worker.js';

/** Runs the program as its settings say; what an operator can put right ends it with a message and no stack. */
export async function run(features: LoadFeatures): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: 'string', default: 'config/server.yaml' } },
  });
  try {
    await runWith(values.config, await loadConfig(values.config, process.env), features);
  } catch (error) {
    if (!(error instanceof ConfigMistakes || error instanceof ListenFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Runs a supervisor with its workers, or this process as the only one. */
async function runWith(file: string, config: Config, features: LoadFeatures): Promise<void> {
  const logger = createLogger(config);
  for (const warning of configWarnings(config)) logger.warn(warning);
  if (config.workers.count === 1) {
    const { runAlone } = await import('./lone-worker.js');
    await runAlone(config, features, logger);
  } else {
    const { supervise } = await import('./supervise.js');
    await supervise(file, config, logger);
  }
}
