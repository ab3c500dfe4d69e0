import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { isEmbedding } from '../http/cross-site.js';
import { LoginRequired } from '../http/http.errors.js';
import { securityEvent } from '../http/security-events.js';
import { senderOf } from '../http/sender.js';
import { FRESH_LOGIN } from './fresh-login.decorator.js';
import { LoginFreshness } from './login-freshness.js';
import { PUBLIC } from './public.decorator.js';

/**
 * Lets in who has a session with an owner; everybody else is asked to log in. Handlers with `@FreshLogin()` let in only
 * those who did so a moment ago. No page behind it can be put into another site's.
 */
@Injectable()
export class LoginGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly freshness: LoginFreshness,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isEmbedding(request)) throw new ForbiddenException();
    const session = await request.session.load();
    if (session.owner === null) {
      const endReason = await session.endReason();
      if (endReason !== null) {
        securityEvent('session_use_after_expire', senderOf(request), { detail: endReason });
      }
      throw new LoginRequired(endReason);
    }
    if (this.reflector.getAllAndOverride<boolean>(FRESH_LOGIN, targets)) {
      this.freshness.demand(session);
    }
    return true;
  }
}
