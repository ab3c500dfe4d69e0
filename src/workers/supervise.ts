import { readFileSync, watchFile } from 'node:fs';
import { inspect } from 'node:util';

import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import { configWarnings } from '../config/config-warnings.js';
import { ConfigMistakes, loadConfig } from '../config/load-config.js';
import { announce } from '../logging/logger.js';
import { ProgramMetrics } from '../metrics/program-metrics.js';
import { ListenFailed, Listener } from './listener.js';
import { MetricsServer } from './metrics-server.js';
import { Supervisor } from './supervisor.js';

/** How often it is looked whether the settings have changed, in milliseconds. Looking works on any file system. */
const LOOK_EVERY_MS = 1_000;

/**
 * Runs a supervisor that obeys signals and the settings' file: SIGHUP and a change replace the workers. With mistakes
 * in the file, or an address that is taken, all stays as it is.
 * @throws ListenFailed
 */
export async function supervise(file: string, config: Config, logger: Logger): Promise<void> {
  const listener = new Listener((socket) => supervisor.serve(socket));
  const metrics = new ProgramMetrics();
  const metricsServer = new MetricsServer(async () => {
    await supervisor.reportMetrics();
    return metrics.text();
  }, logger);
  const supervisor = new Supervisor(
    config,
    logger,
    metrics,
    () => announce(logger, listener.url, config.workers.count),
    (exitCode) => process.exit(exitCode),
  );
  const reload = async (why: string): Promise<void> => {
    try {
      const changed = await loadConfig(file, process.env);
      await listener.listen(changed.server);
      await metricsServer.use(changed.metrics);
      for (const warning of configWarnings(changed)) logger.warn(warning);
      logger.info(`${why}: the workers are replaced`);
      supervisor.reload(changed);
    } catch (error) {
      const isMistake = error instanceof ConfigMistakes || error instanceof ListenFailed;
      // Of a fault of the app itself all is logged.
      logger.error(`the settings stay as they were. ${isMistake ? error.message : inspect(error)}`);
    }
  };
  // One after the other: the newest settings are the last to be used.
  let reloaded = Promise.resolve();
  const reloadNext = (why: string): void => {
    reloaded = reloaded.then(async () => reload(why));
  };
  const stop = (): void => {
    listener.close();
    supervisor.stop();
  };
  await listener.listen(config.server);
  await metricsServer.use(config.metrics);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => reloadNext('SIGHUP'));
  onChange(file, () => reloadNext(`${file} has changed`));
  supervisor.start();
}

function onChange(file: string, changed: () => void): void {
  let known = textOf(file);
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, () => {
    const text = textOf(file);
    if (text === known) return;
    known = text;
    changed();
  });
}

/** Null when it can't be read: an editor may be putting another in its place. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
