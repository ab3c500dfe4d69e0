import { randomBytes } from 'node:crypto';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** How much of a session's key a line shows: enough to follow one, too little to look one up. */
const SESSION_CHARACTERS = 8;

/**
 * Writes a line for each request. It names the route as it was declared and never the address that was asked for,
 * which may hold anything; and of a session the beginning of its key, which is a hash of the id in the cookie.
 */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        session: sessionOf(request),
      },
      'request',
    );
    done();
  });
}

/** Makes ids that no two requests share, on whatever machine: a random part for the process, and a count. */
export function requestIds(): () => string {
  const process = randomBytes(9).toString('base64url');
  let count = 0;
  return () => `${process}-${(++count).toString(36)}`;
}

function sessionOf(request: FastifyRequest): string | undefined {
  return request.session.key?.slice(0, SESSION_CHARACTERS);
}
