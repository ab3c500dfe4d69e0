import { z } from 'zod';

import type { Cart } from './cart.js';

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

/** The cart's part of what a session holds. */
export const cartInSession = {
  cart: z.object({ lines: z.array(line) }).default(() => ({ lines: [] })),
};
