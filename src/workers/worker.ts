import type { Socket } from 'node:net';

import type { Type } from '@nestjs/common';
import type { Logger } from 'pino';

import { AppModule } from '../app.module.js';
import type { Config } from '../config/config.js';
import type { WorkerStatus } from '../health/worker-status.js';
import { Connections } from '../http/connections.js';
import { createApp } from '../http/create-app.js';
import { securityHeaders } from '../http/security-headers.js';
import type { Metrics } from '../metrics/metrics.js';
import { favourMainThread } from './helper-threads.js';

/** Loads the features of the app. Only a process that serves requests calls it. */
export type LoadFeatures = () => Promise<readonly Type[]>;

/** A process that serves requests. It keeps nothing that another could not take over. */
export interface RunningWorker {
  /** False when it is about to end at once. */
  readonly takesConnections: boolean;
  /** Answers what comes over a connection. */
  serve(socket: Socket): void;
  /** Answers what is under way, closes all connections, also to the servers; says whether all were answered. */
  drain(): Promise<boolean>;
}

/** Resolves once it can serve. `onAnswer` is called after each request that was answered. */
export async function startWorker(
  features: readonly Type[],
  config: Config,
  status: WorkerStatus,
  logger: Logger,
  metrics?: Metrics,
  onAnswer: () => void = () => undefined,
): Promise<RunningWorker> {
  const module = AppModule.with(features, config, status, metrics);
  const app = await createApp(module, config, logger, metrics);
  const fastify = app.getHttpAdapter().getInstance();
  const connections = new Connections(
    fastify,
    config.server.max_connections_per_worker,
    securityHeaders(config.server),
  );
  fastify.addHook('onResponse', (_request, _reply, done) => {
    status.answered++;
    onAnswer();
    done();
  });
  await app.init();
  await fastify.ready();
  favourMainThread(logger);
  return {
    get takesConnections() {
      return status.takesConnections;
    },
    serve: (socket) => connections.add(socket),
    drain: async () => {
      status.draining = true;
      const unanswered = await connections.drain(config.server.shutdown_grace_period_ms);
      if (unanswered > 0) logger.error(`${unanswered} requests were not answered in time`);
      await app.close();
      return unanswered === 0;
    },
  };
}
