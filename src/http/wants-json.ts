import type { FastifyRequest } from 'fastify';

/** Whether a client prefers JSON to a page. */
export function wantsJson(request: FastifyRequest): boolean {
  return request.type(['html', 'json']) === 'json';
}
