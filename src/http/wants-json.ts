import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether its answer depends on what the client accepts. */
    isNegotiated: boolean;
  }
}

/** Whether a client prefers JSON to a page. */
export function wantsJson(request: FastifyRequest): boolean {
  request.isNegotiated = true;
  return request.type(['html', 'json']) === 'json';
}
