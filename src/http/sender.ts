import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { forwardedIps, plainIp } from './forwarded.js';

/** Who has sent a request, for what is counted and logged of it. */
export interface Sender {
  readonly requestId: string;
  /** The network address. */
  readonly address: string;
}

/** The ip of a client whose connection was reset before anybody could look. */
const UNKNOWN_IP = 'unknown';

const CLIENT_IP = Symbol('ip of the client');

declare module 'fastify' {
  interface FastifyRequest {
    [CLIENT_IP]: string;
  }
}

/**
 * Reads the client's ip when a request arrives: once its connection is reset, nobody can tell any more. To be called
 * before anything else looks at the ip.
 */
export function readClientIps(fastify: FastifyInstance, logger: Logger): void {
  let hasWarned = false;
  fastify.decorateRequest(CLIENT_IP, UNKNOWN_IP);
  fastify.addHook('onRequest', (request, _, done) => {
    const { headers, socket } = request.raw;
    const forwarded = headers['x-forwarded-for'];
    // Fastify takes the header from here, and only from the proxies that it trusts.
    if (typeof forwarded === 'string') {
      headers['x-forwarded-for'] = forwardedIps(forwarded).join(', ');
    }
    request[CLIENT_IP] = ipOf(request);
    if (forwarded !== undefined && !hasWarned && !isFromProxy(request)) {
      hasWarned = true;
      logger.warn({ peer: socket.remoteAddress }, UNTRUSTED);
    }
    done();
  });
}

/** Fastify has no ip of a connection that was reset before anybody could look. */
function ipOf({ ip = '' }: { readonly ip?: string }): string {
  return plainIp(ip) ?? UNKNOWN_IP;
}

const UNTRUSTED =
  'X-Forwarded-For from a peer that server.trust_proxy does not name: it is ignored. If the peer is your proxy, all clients count as one';

/** Whether the peer may say who the client is: its word then stands behind the peer's own address. */
function isFromProxy({ ips = [], raw }: FastifyRequest): boolean {
  return ips.length > 1 || !raw.headers['x-forwarded-for'];
}

export function senderOf(request: FastifyRequest): Sender {
  return { requestId: request.id, address: request[CLIENT_IP] };
}

/** For a handler's parameter: `@CurrentSender() sender: Sender`. */
export const CurrentSender = createParamDecorator((_: unknown, context: ExecutionContext): Sender =>
  senderOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
