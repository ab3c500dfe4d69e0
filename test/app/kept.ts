/** What tests keep in a session, to see whether it is still there: things in the cart. */

/** A page of those who are logged in. It tells programs the `count` of the things, and asks PostgreSQL nothing. */
export const PAGE = '/cart';

/** Where everybody else is sent from it. */
export const LOGIN_FIRST = '/login?next=%2Fcart';

/** Adds a thing, as a guest or logged in: where to, and what. */
export const ADD = ['/cart/items', { product: 'tea' }] as const;

/** Changes what was added, and asks PostgreSQL nothing, either. */
export const CHANGE = ['/cart/items/tea', { quantity: '2' }] as const;

/** What the page after an add says of it, once. */
export const ADDED = 'Added to your cart: Sencha.';

/** What the page tells programs. */
export interface Kept {
  readonly count: number;
}
