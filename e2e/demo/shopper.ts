import { APP } from '../../dev/app.js';
import { expect, testOf, Visitor } from '../visitor.js';

export { ADA, chapter, GRACE } from '../visitor.js';
export { expect };

/** A visitor of the shop. */
export class Shopper extends Visitor {
  async addToCart(product: string): Promise<void> {
    await this.open();
    await this.step(`Put ${product} into the cart`, async () => {
      const card = this.page.getByRole('listitem').filter({ hasText: product });
      await card.getByRole('button', { name: /Add/ }).click();
    });
  }

  /** How many of a product are in the cart, which is opened for it. */
  async countInCart(product: string): Promise<string> {
    await this.open('/cart');
    const line = this.page.getByRole('listitem').filter({ hasText: product });
    return line.getByLabel(/Quantity/).inputValue();
  }
}

/** The tests of the demo go to the app of src/, or to what BASE_URL names if that has the demo. */
export const test = testOf(APP).extend<{ visitor: Shopper; shop: void }>({
  visitor: async ({ page }, use) => use(new Shopper(page)),
  shop: [
    async ({ request }, use) => {
      const answer = await request.get('/products/tea');
      test.skip(answer.status() === 404, 'It needs the demo: BASE_URL names an app without it');
      await use();
    },
    { auto: true },
  ],
});

/** For the tests of a file that look behind the pages. */
export function needPanel(): void {
  test.beforeEach(async ({ request }) => {
    const answer = await request.get('/how-it-works');
    test.skip(
      answer.status() === 404,
      'It looks behind the pages: start the server with NODE_ENV=development',
    );
  });
}
