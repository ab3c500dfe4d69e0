import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';

import { Overloaded } from './http.errors.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether it is answered also by a worker that has more to do than it can. */
    readonly servedUnderPressure?: boolean;
  }
}

/**
 * Answers requests with 503 while the event loop is late, before anything is read or looked up for them: what a worker
 * can't do in time it had better not begin.
 * @param maxLateMs the average of a second, in milliseconds; 0 for never
 */
export async function refuseOverload(
  fastify: FastifyInstance,
  maxLateMs: number,
  onRefused: () => void,
): Promise<void> {
  await fastify.register(underPressure, {
    maxEventLoopDelay: maxLateMs,
    pressureHandler: async (request, _reply, _type, lateMs) => {
      if (request.routeOptions.config.servedUnderPressure) return;
      onRefused();
      throw new Overloaded(lateMs ?? 0);
    },
  });
}
