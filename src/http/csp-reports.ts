import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';

import { networkOf } from './network.js';
import { CSP_REPORTS } from './security-headers.js';
import { senderOf } from './sender.js';

/** The largest report that is taken, in bytes, and how much of it is logged, in characters. */
const LARGEST = 16 * 1_024;
const LOGGED = 2_000;

/** In each worker, so many of each client's network, lest one that floods keeps the others from being heard. */
const PER_MINUTE = 20;

/** In each worker, of all networks together: past it the log is full enough, and no more of them are counted. */
const IN_ALL_PER_MINUTE = 1_000;

/** Takes what browsers report of the content security policy. They may say anything, so it is logged as a text. */
export function takeCspReports(fastify: FastifyInstance, logger: Logger): void {
  const budget = new ReportBudget();
  void fastify.register(async (scope) => {
    scope.addContentTypeParser(
      ['application/csp-report', 'application/reports+json'],
      { parseAs: 'string', bodyLimit: LARGEST },
      (_request, body, done) => done(null, body),
    );
    scope.post<{ Body: string }>(CSP_REPORTS, async (request, reply) => {
      const { body } = request;
      // Past the limit there are enough of them to see what is wrong.
      if (typeof body === 'string' && (await budget.take(networkOf(senderOf(request).address)))) {
        logger.warn({ report: body.slice(0, LOGGED) }, 'content security policy');
      }
      return reply.code(204).send();
    });
  });
}

/** How many reports are logged. */
class ReportBudget {
  readonly #ofNetwork = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });
  readonly #inAll = new RateLimiterMemory({ points: IN_ALL_PER_MINUTE, duration: 60 });

  /** Whether one more of a network is logged. */
  async take(network: string): Promise<boolean> {
    const inAll = await this.#inAll.get(ALL);
    if (inAll && inAll.consumedPoints >= IN_ALL_PER_MINUTE) return false;
    return (await hasLeft(this.#ofNetwork, network)) && (await hasLeft(this.#inAll, ALL));
  }
}

const ALL = 'all';

async function hasLeft(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}
