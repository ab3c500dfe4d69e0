import { z } from 'zod';

import type { Session } from '../session/session.js';
import { type Cart, withId } from './cart.js';

declare module '../session/session-data.js' {
  interface SessionData {
    readonly cart: Cart;
  }
}

const line = z.object({
  product: z.string(),
  name: z.string(),
  price: z.object({ minor: z.int(), currency: z.string() }),
  quantity: z.int().positive(),
});

const cart = z.object({ id: z.string().nullable().default(null), lines: z.array(line) });

/** The cart's part of what a session holds. */
export const cartInSession = { cart: cart.default(() => ({ id: null, lines: [] })) };

/** The cart of a session, to be ordered: one of an earlier version of the app has no id yet and gets it now. */
export async function cartOf(session: Session): Promise<Cart> {
  const { id, lines } = session.data.cart;
  if (id === null && lines.length > 0) {
    await session.update((data) => ({ ...data, cart: withId(data.cart) }));
  }
  return session.data.cart;
}
