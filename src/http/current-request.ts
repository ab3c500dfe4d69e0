import { AsyncLocalStorage } from 'node:async_hooks';

import type { FastifyInstance, FastifyRequest } from 'fastify';

const requests = new AsyncLocalStorage<FastifyRequest>();

/** The request for which this is being done, if for any: for what is logged and measured far from any handler. */
export function currentRequest(): FastifyRequest | undefined {
  return requests.getStore();
}

export function trackRequests(fastify: FastifyInstance): void {
  const enter = (request: FastifyRequest, _: unknown, done: () => void): void =>
    requests.run(request, done);
  fastify.addHook('onRequest', enter);
  // A body arrives in the context of its connection: what comes after it has to be entered again.
  fastify.addHook('preValidation', enter);
}
