import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { CONFIG, type Config } from '../config/config.js';
import { FreshLoginRequired, LoginRequired } from '../http/http.errors.js';
import { FRESH_LOGIN } from './fresh-login.decorator.js';
import { PUBLIC } from './public.decorator.js';

/**
 * Lets in who has a session with an owner; everybody else is asked to log in. Handlers with `@FreshLogin()` let in only
 * those who did so a moment ago.
 */
@Injectable()
export class LoginGuard implements CanActivate {
  readonly #freshMs: number;

  constructor(
    private readonly reflector: Reflector,
    @Inject(CONFIG) { auth }: Config,
  ) {
    this.#freshMs = auth.reauthenticate_after_seconds * 1_000;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const session = await context.switchToHttp().getRequest<FastifyRequest>().session.load();
    if (session.owner === null || session.createdAt === null) {
      throw new LoginRequired(session.endReason);
    }
    const fresh = Date.now() - session.createdAt < this.#freshMs;
    if (!fresh && this.reflector.getAllAndOverride<boolean>(FRESH_LOGIN, targets)) {
      throw new FreshLoginRequired();
    }
    return true;
  }
}
