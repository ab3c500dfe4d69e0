import { Controller, Get, Header, Headers, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import * as sessions from './least-sessions.js';
import * as shop from './shop.js';

/** Bare Nest on Fastify: what the floor does for a page, and nothing else. */

@Controller()
class Pages {
  @Get('login')
  @Header('content-type', 'text/html; charset=utf-8')
  login(): string {
    return shop.renderLogin();
  }

  @Get('cart')
  @Header('content-type', 'text/html; charset=utf-8')
  async cart(@Headers('cookie') cookie: string): Promise<string> {
    const kept = await sessions.read(cookie);
    return kept ? shop.renderCart(kept.cart) : shop.renderLogin();
  }
}

@Module({ controllers: [Pages] })
class App {}

const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), {
  logger: false,
});
await sessions.addWrites(app.getHttpAdapter().getInstance());
await app.listen(0, '127.0.0.1');
shop.announce(app.getHttpServer().address());
