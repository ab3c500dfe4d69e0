import { Injectable } from '@nestjs/common';

import type { Cart, CartLine } from '../cart/cart.js';
import { Database } from '../../database/database.js';
import { Prisma } from '../../database/generated/client.js';
import { isOrderNumber, newOrderNumber } from './order-number.js';

export interface Order {
  readonly number: string;
  /** The cart that was ordered. */
  readonly cartId: string;
  readonly placedAt: Date;
  readonly lines: readonly CartLine[];
}

/** How many orders a page of them has. */
const PAGE = 20;

/** What people have ordered. Every question is about the orders of one user: nobody else's are ever read. */
@Injectable()
export class Orders {
  constructor(private readonly database: Database) {}

  /**
   * Writes the order of a cart with all its lines, at the prices that the cart has shown. Resolves to the order that
   * there is if the cart was ordered before, or is at the same time; to null when the account is gone.
   */
  async place(userId: string, cart: Cart & { readonly id: string }): Promise<Order | null> {
    const order = { number: newOrderNumber(), userId, cartId: cart.id };
    const lines = cart.lines.map(({ price, ...line }, position) => ({
      ...{ ...line, position, priceMinor: price.minor, currency: price.currency },
    }));
    try {
      const data = { ...order, lines: { createMany: { data: lines } } };
      return toOrder(await this.database.order.create({ data, include: LINES }));
    } catch (error) {
      // https://www.prisma.io/docs/orm/reference/error-reference#p2002
      const code = error instanceof Prisma.PrismaClientKnownRequestError ? error.code : null;
      if (code === 'P2003') return null;
      const earlier = code === 'P2002' ? await this.ofCart(userId, cart.id) : null;
      if (!earlier) throw error;
      return earlier;
    }
  }

  async ofCart(userId: string, cartId: string): Promise<Order | null> {
    const where = { userId_cartId: { userId, cartId } };
    const row = await this.database.order.findUnique({ where, include: LINES });
    return row && toOrder(row);
  }

  async byNumber(userId: string, number: string): Promise<Order | null> {
    if (!isOrderNumber(number)) return null;
    const row = await this.database.order.findUnique({ where: { number, userId }, include: LINES });
    return row && toOrder(row);
  }

  /** A page of a user's orders, the newest first: those before the order of this number, if there is one. */
  async page(userId: string, before: string): Promise<{ orders: Order[]; isLast: boolean }> {
    const rows = await this.database.order.findMany({
      where: { userId },
      orderBy: [{ placedAt: 'desc' }, { number: 'desc' }],
      ...(isOrderNumber(before) && { cursor: { number: before }, skip: 1 }),
      // One more tells whether there is another page.
      take: PAGE + 1,
      include: LINES,
    });
    return { orders: rows.slice(0, PAGE).map(toOrder), isLast: rows.length <= PAGE };
  }
}

const LINES = { lines: { orderBy: { position: 'asc' } } } satisfies Prisma.OrderInclude;

type OrderRow = Prisma.OrderGetPayload<{ include: typeof LINES }>;

function toOrder({ number, cartId, placedAt, lines }: OrderRow): Order {
  return {
    ...{ number, cartId, placedAt },
    lines: lines.map(({ product, name, quantity, priceMinor, currency }) => ({
      ...{ product, name, quantity, price: { minor: priceMinor, currency } },
    })),
  };
}
