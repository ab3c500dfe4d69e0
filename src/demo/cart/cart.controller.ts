import { Controller, Get, Param, Post, Redirect, Render } from '@nestjs/common';

import { Public } from '../../auth/public.decorator.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { withFlash } from '../../flash/flash.js';
import { FormBody, type ValuesOf } from '../../http/form.js';
import { FormRejected } from '../../http/http.errors.js';
import { CurrentSession } from '../../session/current-session.decorator.js';
import { Session } from '../../session/session.js';
import { addToCart, CartFull, setQuantity } from './cart.js';
import { cartPage } from './cart-page.js';
import { cartOf } from './cart.session.js';
import { addForm, quantityForm } from './cart.forms.js';

@Controller('cart')
export class CartController {
  constructor(private readonly catalog: CatalogService) {}

  @Get()
  @Render('demo/cart')
  async show(@CurrentSession() session: Session) {
    return cartPage(await cartOf(session));
  }

  @Post('items')
  @Public()
  @Redirect('/cart', 303)
  async add(
    @FormBody(addForm) form: ValuesOf<typeof addForm>,
    @CurrentSession() session: Session,
  ): Promise<void> {
    const product = await this.catalog.product(form.product);
    if (!product) throw new FormRejected(addForm, form, { product: 'is no product of this shop' });
    const { slug, name, price } = product;
    const item = { product: slug, name, price, quantity: form.quantity ?? 1 };
    try {
      await session.update((data) =>
        withFlash({ ...data, cart: addToCart(data.cart, item) }, `Added to your cart: ${name}.`),
      );
    } catch (error) {
      if (error instanceof CartFull) throw new FormRejected(addForm, form, { form: error.message });
      throw error;
    }
  }

  @Post('items/:product')
  @Public()
  @Redirect('/cart', 303)
  async setQuantity(
    @Param('product') product: string,
    @FormBody(quantityForm) { quantity }: ValuesOf<typeof quantityForm>,
    @CurrentSession() session: Session,
  ): Promise<void> {
    await session.update((data) => ({ ...data, cart: setQuantity(data.cart, product, quantity) }));
  }
}
