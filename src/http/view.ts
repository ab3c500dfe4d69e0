import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';

import { Pages } from './pages.js';
import { wantsJson } from './wants-json.js';

const VIEW = Symbol('view');

/** Shows what a handler returns with a template of views/; a client that asks for JSON gets it as it is. */
export const View = (template: string) => SetMetadata(VIEW, template);

@Injectable()
export class ViewInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly pages: Pages,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<object>): Observable<unknown> {
    const template = this.reflector.get<string | undefined>(VIEW, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!template || wantsJson(request)) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      mergeMap(async (model) => {
        reply.type('text/html; charset=utf-8');
        return this.pages.render(request, template, model);
      }),
    );
  }
}
