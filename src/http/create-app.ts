import formBody from '@fastify/formbody';
import accepts from '@fastify/accepts';
import staticFiles from '@fastify/static';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';

import type { Config } from '../config/config.js';
import { NestLogger } from '../logging/logger.js';
import { logRequests, requestIds } from './request-log.js';

/** The largest body that a form may send, in bytes. */
const BODY_LIMIT = 64 * 1024;

/** Makes the web application: what every request passes before a controller sees it. */
export async function createApp(
  module: DynamicModule,
  config: Config,
  logger: Logger,
  publicFolder: string,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    trustProxy: config.server.trust_proxy,
    bodyLimit: BODY_LIMIT,
    genReqId: requestIds(),
    rewriteUrl: ({ url = '/' }) => withReadablePath(url),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(logger),
  });
  const fastify = adapter.getInstance();
  logRequests(fastify, logger);
  app.useSecurityHeaders(SECURITY_HEADERS);
  app.enableCsrfProtection();

  // Forms are all that a client may send.
  fastify.removeAllContentTypeParsers();
  await app.register(formBody, { bodyLimit: BODY_LIMIT });
  await app.register(accepts);
  await app.register(staticFiles, { root: publicFolder, wildcard: false, index: false });
  return app;
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

const SECURITY_HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: "'none'",
      baseUri: "'none'",
      connectSrc: "'self'",
      formAction: "'self'",
      frameAncestors: "'none'",
      imgSrc: "'self'",
      scriptSrc: "'self'",
      styleSrc: "'self'",
    },
  },
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
} as const;
