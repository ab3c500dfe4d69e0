import { z } from 'zod';

import type { Session } from '../../session/session.js';
import { type Cart, withId } from './cart.js';

declare module '../../session/session-data.js' {
  interface SessionData {
    readonly cart: Cart;
  }
}

/** `1450 GBP`: half as long as the fields by name, which are a third of all that a session with a cart holds. */
const price = z.codec(
  z.string().regex(/^\d+ [A-Z]{3}$/),
  z.object({ minor: z.int(), currency: z.string() }),
  {
    decode: (text) => ({ minor: Number(text.slice(0, -4)), currency: text.slice(-3) }),
    encode: ({ minor, currency }) => `${minor} ${currency}`,
  },
);

const line = z.object({
  product: z.string(),
  name: z.string(),
  price,
  quantity: z.int().positive(),
});

const cart = z.object({ id: z.string().nullable().default(null), lines: z.array(line).readonly() });

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
