import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';

import { CSP_REPORTS } from './security-headers.js';

/** The largest report that is taken, in bytes, and how much of it is logged, in characters. */
const LARGEST = 16 * 1_024;
const LOGGED = 2_000;

/** In each worker, whoever reports: a page that breaks the policy does so for everybody. */
const PER_MINUTE = 20;

/** Takes what browsers report of the content security policy. They may say anything, so it is logged as a text. */
export function takeCspReports(fastify: FastifyInstance, logger: Logger): void {
  const limiter = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });
  void fastify.register(async (scope) => {
    scope.addContentTypeParser(
      ['application/csp-report', 'application/reports+json'],
      { parseAs: 'string', bodyLimit: LARGEST },
      (_request, body, done) => done(null, body),
    );
    scope.post<{ Body: string }>(CSP_REPORTS, async ({ body }, reply) => {
      // Past the limit there are enough of them to see what is wrong.
      const few = await limiter.consume('all').catch(() => null);
      if (few && typeof body === 'string') {
        logger.warn({ report: body.slice(0, LOGGED) }, 'content security policy');
      }
      return reply.code(204).send();
    });
  });
}
