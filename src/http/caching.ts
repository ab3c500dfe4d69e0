import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Keeps out of caches whatever does not say otherwise, as files do (ASVS 5.0, 14.2.2), and tells those that keep it anyway
 * which answers depend on what the client accepts.
 */
export function keepOutOfCaches(fastify: FastifyInstance): void {
  fastify.decorateRequest('isNegotiated', false);
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    if (request.isNegotiated) addToVary(reply, 'Accept');
    done(null, payload);
  });
}

function addToVary(reply: FastifyReply, name: string): void {
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? name : `${String(vary)}, ${name}`);
}
