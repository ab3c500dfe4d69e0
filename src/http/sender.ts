import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who has sent a request, for what is counted and logged of it. */
export interface Sender {
  readonly requestId: string;
  /** The network address. */
  readonly address: string;
}

export function senderOf({ id, ip }: FastifyRequest): Sender {
  return { requestId: id, address: ip };
}

/** For a handler's parameter: `@CurrentSender() sender: Sender`. */
export const CurrentSender = createParamDecorator((_: unknown, context: ExecutionContext): Sender =>
  senderOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
