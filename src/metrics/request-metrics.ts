import type { FastifyInstance } from 'fastify';

import type { Metrics } from './metrics.js';

/** Measures each request that is answered. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
    metrics.requestAnswered(method, routeOptions.url, reply.statusCode, reply.elapsedTime);
    done();
  });
}
