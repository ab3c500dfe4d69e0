import { Controller, Get, NotFoundException, Param, Query, Render } from '@nestjs/common';

import { countItems, linesWithTotal, totalsOf } from '../cart/cart.js';
import { moment } from '../../http/in-words.js';
import { CurrentSession } from '../../session/current-session.decorator.js';
import { Session } from '../../session/session.js';
import { Checkout } from './checkout.js';
import { type Order, Orders } from './orders.js';

/** What a user has ordered. An order of somebody else is not there, as one that nobody placed. */
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly checkout: Checkout,
  ) {}

  @Get()
  @Render('demo/orders')
  async list(@CurrentSession() session: Session, @Query('before') before: unknown) {
    const { orders, isLast } = await this.orders.page(session.owner!, String(before));
    for (const order of orders) await this.checkout.settle(session, order);
    return { orders: orders.map(toPage), earlier: isLast ? null : orders.at(-1)?.number };
  }

  @Get(':number')
  @Render('demo/order')
  async show(@CurrentSession() session: Session, @Param('number') number: string) {
    const order = await this.orders.byNumber(session.owner!, number);
    if (!order) throw new NotFoundException();
    await this.checkout.settle(session, order);
    return toPage(order);
  }
}

function toPage(order: Order) {
  return {
    number: order.number,
    placed: moment(order.placedAt.getTime()),
    lines: linesWithTotal(order),
    count: countItems(order),
    totals: totalsOf(order),
  };
}
