import { resolve } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';

import { AppModule } from '../app.module.js';
import type { Config } from '../config/config.js';
import { createApp } from '../http/create-app.js';

/**
 * Serves requests in this process until it is told to stop; resolves to its address once it listens.
 * It keeps nothing that another worker could not take over.
 */
export async function startWorker(config: Config, logger: Logger): Promise<string> {
  const app = await createApp(AppModule.with(config), config, logger, resolve('public'));
  stopOnSignals(app, config.server.shutdown_grace_period_ms, logger);
  await app.listen(config.server.port, config.server.host);
  return app.getUrl();
}

/** Stops accepting, answers what is under way, closes the connections to the servers, and ends. */
function stopOnSignals(app: NestFastifyApplication, graceMs: number, logger: Logger): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      logger.error(`requests were still under way after ${graceMs} ms`);
      process.exit(1);
    }, graceMs).unref();
    await app.close();
    process.exit(0);
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
    process.on(event, () => void stop());
  }
}
