import { pictureOf } from '../catalog/catalog.service.js';
import { type Cart, contentsOf, countItems, linesWithTotal, totalsOf } from './cart.js';

/** What the page of a cart shows, and what its button says of it. */
export function cartPage(cart: Cart) {
  return {
    lines: linesWithTotal(cart).map((line) => ({ ...line, picture: pictureOf(line.product) })),
    count: countItems(cart),
    totals: totalsOf(cart),
    checkout: { cart: cart.id, contents: contentsOf(cart) },
  };
}
