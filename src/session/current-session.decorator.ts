import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { Session } from './session.js';

/**
 * The session of the request, for a handler's parameter: `@CurrentSession() session: Session`.
 * The request is rejected with SessionStoreUnavailable when the store can't tell.
 */
export const CurrentSession = createParamDecorator(
  async (_: unknown, context: ExecutionContext): Promise<Session> =>
    context.switchToHttp().getRequest<FastifyRequest>().session.load(),
);
