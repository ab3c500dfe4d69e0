import formBody from '@fastify/formbody';
import accepts from '@fastify/accepts';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import { NestLogger } from '../logging/logger.js';
import type { Metrics } from '../metrics/metrics.js';
import { measureRequests } from '../metrics/request-metrics.js';
import { refuseOverload } from './back-pressure.js';
import { keepOutOfCaches } from './caching.js';
import { refuseWritesWithoutOrigin } from './cross-site.js';
import { takeCspReports } from './csp-reports.js';
import { fieldsOf, refuseExcess } from './excess.js';
import { answerMalformed, refuseAmbiguous } from './malformed.js';
import { logRequests, requestIds } from './request-log.js';
import { addSecurityHeaders, securityHeaders } from './security-headers.js';
import { readClientIps } from './sender.js';
import { StaticFiles } from './static-files.js';

/** The largest body that a form may send, in bytes. */
const BODY_LIMIT = 64 * 1024;

/**
 * No route has a schema: what clients send is checked by Zod. So Fastify's compilers of schemas, a hundred files that would
 * be loaded at the start of each worker, are left out.
 */
const NO_SCHEMAS = { buildValidator: refuseSchema, buildSerializer: refuseSchema };

function refuseSchema(): never {
  throw new Error('there is no compiler of schemas: see NO_SCHEMAS');
}

/** Makes the web application: what every request passes before a controller sees it. */
export async function createApp(
  module: DynamicModule,
  config: Config,
  logger: Logger,
  metrics?: Metrics,
): Promise<NestFastifyApplication> {
  const headers = securityHeaders(config.server);
  const adapter = new FastifyAdapter({
    trustProxy: config.server.trust_proxy,
    bodyLimit: BODY_LIMIT,
    genReqId: requestIds(),
    rewriteUrl: ({ url = '/' }) => withReadablePath(url),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, headers),
    schemaController: { compilersFactory: NO_SCHEMAS },
    ...serverOptions(config),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(logger),
  });
  const fastify = adapter.getInstance();
  readClientIps(fastify, logger);
  logRequests(fastify, logger);
  if (metrics) measureRequests(fastify, metrics);
  addSecurityHeaders(fastify, headers);
  keepOutOfCaches(fastify);
  await refuseOverload(fastify, config.server.max_event_loop_delay_ms, () =>
    metrics?.requestRefused(),
  );
  refuseAmbiguous(fastify);
  refuseExcess(fastify);
  // Behind a proxy the Host may be another than the one that browsers know.
  app.enableCsrfProtection({ trustedOrigins: [new URL(config.server.public_url).origin] });
  if (config.server.refuse_writes_without_origin) refuseWritesWithoutOrigin(fastify);
  takeCspReports(fastify, logger);

  // Forms are all that a client may send.
  fastify.removeAllContentTypeParsers();
  await app.register(formBody, { bodyLimit: BODY_LIMIT, parser: fieldsOf });
  await app.register(accepts);
  await fastify.register(async (scope) => app.get(StaticFiles).serve(scope));
  return app;
}

/**
 * How long a client may take. Fastify sets Node's `requestTimeout` itself, and Node looks at it and at its other clocks
 * no more often than each `connectionsCheckingInterval`.
 */
function serverOptions({ server }: Config) {
  return {
    requestTimeout: server.request_timeout_ms,
    keepAliveTimeout: server.idle_timeout_ms,
    http: {
      // By itself it answers without a header of ours.
      requireHostHeader: false,
      headersTimeout: server.headers_timeout_ms,
      requestTimeout: server.request_timeout_ms,
      connectionsCheckingInterval: Math.min(1_000, server.headers_timeout_ms),
    },
  };
}

/** A path whose percent codes are no UTF-8 is taken literally: there is no such page, and that is what is said. */
function withReadablePath(url: string): string {
  const [path = '', ...query] = url.split('?');
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return [path.replaceAll('%', '%25'), ...query].join('?');
  }
}
