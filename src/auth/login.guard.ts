import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { LoginRequired } from '../http/http.errors.js';
import { PUBLIC } from './public.decorator.js';

/** Lets in who has a session with an owner; everybody else is asked to log in. */
@Injectable()
export class LoginGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const session = await context.switchToHttp().getRequest<FastifyRequest>().session.load();
    if (session.owner === null) throw new LoginRequired();
    return true;
  }
}
