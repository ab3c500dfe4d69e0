import { Controller, Get, Render, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';

/** The home page of an app none of whose features has one. */
@Controller()
export class HomeController {
  constructor(private readonly users: Users) {}

  @Get()
  @Public()
  @Render('home')
  async show(@Req() request: FastifyRequest) {
    return { userName: await this.users.nameOf(await request.session.loadIfAvailable()) };
  }
}
