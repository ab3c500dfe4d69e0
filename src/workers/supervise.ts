import { readFileSync, watchFile } from 'node:fs';

import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import { ConfigMistakes, loadConfig } from '../config/load-config.js';
import { announce } from '../logging/logger.js';
import { Supervisor } from './supervisor.js';

/** How often it is looked whether the settings have changed, in milliseconds. Looking works on any file system. */
const LOOK_EVERY_MS = 1_000;

/** Runs a supervisor that obeys signals and the settings' file: SIGHUP and a change replace the workers. */
export function supervise(file: string, config: Config, logger: Logger): void {
  const supervisor = new Supervisor(
    config,
    logger,
    (url) => announce(logger, url, config.workers.count),
    (exitCode) => process.exit(exitCode),
  );
  const reload = (why: string): void => {
    const changed = readSettings(file, logger);
    if (!changed) return;
    logger.info(`${why}: the workers are replaced`);
    supervisor.reload(changed);
  };
  process.on('SIGTERM', () => supervisor.stop());
  process.on('SIGINT', () => supervisor.stop());
  process.on('SIGHUP', () => reload('SIGHUP'));
  onChange(file, () => reload(`${file} has changed`));
  supervisor.start();
}

/** With mistakes in it, null: what runs goes on as it is. */
function readSettings(file: string, logger: Logger): Config | null {
  try {
    return loadConfig(file, process.env);
  } catch (error) {
    if (!(error instanceof ConfigMistakes)) throw error;
    logger.error(`the settings stay as they were. ${error.message}`);
    return null;
  }
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
