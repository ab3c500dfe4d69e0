import { Body, Controller, Get, Header, Module, Post, Redirect, Session } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import type { Session as ExpressSession } from 'express-session';

import { sessions } from './express-sessions.js';
import * as shop from './shop.js';

/** Nest on Express with express-session and connect-redis, as the documentation of Nest has it. */

interface Bag extends ExpressSession {
  kept?: shop.Kept;
}

@Controller()
class Shop {
  @Get('login')
  @Header('content-type', 'text/html; charset=utf-8')
  loginPage(): string {
    return shop.renderLogin();
  }

  @Post('login')
  @Redirect('/', 303)
  async logIn(@Body() form: Record<string, string>, @Session() bag: Bag): Promise<void> {
    const owner = await shop.authenticate(form);
    if (owner === null) throw new Error('wrong');
    bag.kept = { owner, cart: shop.EMPTY_CART };
  }

  @Get('cart')
  @Header('content-type', 'text/html; charset=utf-8')
  cart(@Session() { kept }: Bag): string {
    return kept ? shop.renderCart(kept.cart) : shop.renderLogin();
  }

  @Post('cart/items')
  @Redirect('/cart', 303)
  async add(@Body() form: Record<string, string>, @Session() bag: Bag): Promise<void> {
    if (!bag.kept) throw new Error('not signed in');
    bag.kept = { ...bag.kept, cart: await shop.withProduct(bag.kept.cart, form) };
  }
}

@Module({ controllers: [Shop] })
class App {}

const app = await NestFactory.create<NestExpressApplication>(App, new ExpressAdapter(), {
  logger: false,
});
app.disable('x-powered-by');
app.use(sessions);
await app.listen(0, '127.0.0.1');
shop.announce(app.getHttpServer().address());
