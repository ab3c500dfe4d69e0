import { hash, randomBytes } from 'node:crypto';

import { type Money, sums, times } from '../money.js';

/**
 * A cart as the session keeps it: with the name and price that were shown when the item was added, so that the cart
 * page needs no database.
 */
export interface Cart {
  /**
   * Random, from the first item on, and through all changes the same until the cart was ordered: a cart has one order
   * at most. Null while there is nothing to order.
   */
  readonly id: string | null;
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
  const lines = line
    ? cart.lines.map((old) => (old === line ? { ...item, quantity } : old))
    : [...cart.lines, item];
  return withId({ ...cart, lines });
}

/** Sets how many of a product are in the cart; 0 takes it out. A product that is not in it stays out. */
export function setQuantity(cart: Cart, product: string, quantity: number): Cart {
  return {
    ...cart,
    lines: cart.lines
      .map((line) => (line.product === product ? { ...line, quantity } : line))
      .filter((line) => line.quantity > 0),
  };
}

/** What is left of a cart of which this was ordered: another cart, to be ordered by itself. */
export function without(cart: Cart, ordered: readonly CartLine[]): Cart {
  const counts = new Map(ordered.map(({ product, quantity }) => [product, quantity]));
  const lines = cart.lines
    .map((line) => ({ ...line, quantity: line.quantity - (counts.get(line.product) ?? 0) }))
    .filter((line) => line.quantity > 0);
  const rest = { id: null, lines };
  return lines.length === 0 ? rest : withId(rest);
}

export function withId(cart: Cart): Cart {
  return { ...cart, id: cart.id ?? randomBytes(TOKEN_BYTES).toString('base64url') };
}

/** Stands for all that a cart shows: products, prices and quantities. */
export function contentsOf({ lines }: Lines): string {
  return hash('sha256', JSON.stringify(lines), 'base64url').slice(0, TOKEN_CHARACTERS);
}

/** 128 bits. */
const TOKEN_BYTES = 16;
const TOKEN_CHARACTERS = 22;

/** What a cart and an order have in common. */
type Lines = Pick<Cart, 'lines'>;

export function countItems({ lines }: Lines): number {
  return lines.reduce((count, { quantity }) => count + quantity, 0);
}

export function linesWithTotal({ lines }: Lines): (CartLine & { readonly total: Money })[] {
  return lines.map((line) => ({ ...line, total: times(line.price, line.quantity) }));
}

/** The sums, one a currency; none when it is empty. */
export function totalsOf(cart: Lines): Money[] {
  return sums(linesWithTotal(cart).map(({ total }) => total));
}
