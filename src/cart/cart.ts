import { type Money, sum, times } from '../money/money.js';

/**
 * A cart as the session keeps it: with the name and price that were shown when the item was added, so that the cart
 * page needs no database.
 */
export interface Cart {
  readonly lines: readonly CartLine[];
}

export interface CartLine {
  /** The product's slug. */
  readonly product: string;
  readonly name: string;
  readonly price: Money;
  readonly quantity: number;
}

/** More than any real cart holds, and what keeps a session small. */
export const MOST_LINES = 50;
export const MOST_OF_A_PRODUCT = 100_000;

/** The cart can't take this: too many products, or too many of one. */
export class CartFull extends Error {
  override readonly name = 'CartFull';
}

/** @throws CartFull */
export function addToCart(cart: Cart, item: CartLine): Cart {
  const line = cart.lines.find(({ product }) => product === item.product);
  const quantity = (line?.quantity ?? 0) + item.quantity;
  if (quantity > MOST_OF_A_PRODUCT) throw new CartFull(`at most ${MOST_OF_A_PRODUCT} of a product`);
  if (!line && cart.lines.length >= MOST_LINES)
    throw new CartFull(`at most ${MOST_LINES} products`);
  if (!line) return { lines: [...cart.lines, item] };
  return { lines: cart.lines.map((old) => (old === line ? { ...item, quantity } : old)) };
}

/** Sets how many of a product are in the cart; 0 takes it out. A product that is not in it stays out. */
export function setQuantity(cart: Cart, product: string, quantity: number): Cart {
  return {
    lines: cart.lines
      .map((line) => (line.product === product ? { ...line, quantity } : line))
      .filter((line) => line.quantity > 0),
  };
}

export function countItems(cart: Cart): number {
  return cart.lines.reduce((count, { quantity }) => count + quantity, 0);
}

/** The sum of the cart; null when it is empty, as there is no currency then. */
export function totalOf(cart: Cart): Money | null {
  const [first, ...rest] = cart.lines.map(({ price, quantity }) => times(price, quantity));
  return first ? sum([first, ...rest]) : null;
}
