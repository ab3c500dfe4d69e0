import { Injectable } from '@nestjs/common';

import { type Cart, contentsOf, without } from '../cart/cart.js';
import { cartOf } from '../cart/cart.session.js';
import { withFlash } from '../../flash/flash.js';
import { LoginRequired } from '../../http/http.errors.js';
import type { Session } from '../../session/session.js';
import { type Order, Orders } from './orders.js';

/** Which cart somebody saw when they ordered it, and what was in it. Programs that show none to anybody leave it out. */
export interface SeenCart {
  readonly cart?: string | undefined;
  readonly contents?: string | undefined;
}

/** There is nothing to order, or something else than was seen. Nothing was ordered. */
export class OrderRefused extends Error {
  override readonly name = 'OrderRefused';
}

/**
 * Turns a cart into an order, once. The order is in PostgreSQL and the cart in the session store: no transaction spans
 * both, and a worker may end between the two. So the order comes first, under the id of its cart, which has one order
 * at most; and whoever finds the order while the cart is still there takes the cart away. See docs/demo/orders.md.
 */
@Injectable()
export class Checkout {
  constructor(private readonly orders: Orders) {}

  /**
   * Places the order of the cart, or finds the one that was placed before.
   * @throws OrderRefused
   * @throws LoginRequired when the account is gone: its session ends
   */
  async place(session: Session, seen: SeenCart): Promise<Order> {
    const user = session.owner!;
    const earlier = seen.cart === undefined ? null : await this.orders.ofCart(user, seen.cart);
    const order = earlier ?? (await this.orders.place(user, await toOrder(session, seen)));
    if (!order) {
      await session.end();
      throw new LoginRequired();
    }
    await this.settle(session, order);
    return order;
  }

  /** Takes what was ordered out of the cart, and says so, unless that is done. What came into it meanwhile stays. */
  async settle(session: Session, { cartId, lines }: Order): Promise<void> {
    if (session.data.cart.id !== cartId) return;
    await session.update((data) => {
      if (data.cart.id !== cartId) return data;
      const cart = without(data.cart, lines);
      return withFlash(
        { ...data, cart },
        cart.lines.length === 0 ? PLACED : PLACED_WITHOUT_THE_REST,
      );
    });
  }
}

const PLACED = 'Your order is placed. Thank you!';
const PLACED_WITHOUT_THE_REST =
  'Your order is placed. Thank you! What came into your cart meanwhile is still there.';

const EMPTY = 'There is nothing in your cart to order.';
const CHANGED =
  'Your cart has changed since you saw it, so nothing was ordered. Have another look, then order it.';

/** The cart, if it is what was seen. */
async function toOrder(session: Session, seen: SeenCart): Promise<Cart & { readonly id: string }> {
  const { id, lines } = await cartOf(session);
  if (id === null || lines.length === 0) throw new OrderRefused(EMPTY);
  const { cart = id, contents = contentsOf({ lines }) } = seen;
  if (cart !== id || contents !== contentsOf({ lines })) throw new OrderRefused(CHANGED);
  return { id, lines };
}
