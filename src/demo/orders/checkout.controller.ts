import { Controller, Get, Post, Redirect } from '@nestjs/common';
import { z } from 'zod';

import { cartPage } from '../cart/cart-page.js';
import { defineForm, type Form, FormBody, type ValuesOf } from '../../http/form.js';
import { FormRejected } from '../../http/http.errors.js';
import { CurrentSession } from '../../session/current-session.decorator.js';
import { Session } from '../../session/session.js';
import { Checkout, OrderRefused } from './checkout.js';

const token = z
  .string()
  .regex(/^[\w-]{22}$/, 'is not what the cart page sends')
  .optional();

const checkoutForm = defineForm({ cart: token, contents: token });

/** The same on the page of the cart, where it is shown again. */
const formOfCart: Form = {
  ...checkoutForm,
  page: { view: 'demo/cart', model: (form) => ({ form }), secret: [] },
};

@Controller('checkout')
export class CheckoutController {
  constructor(private readonly checkout: Checkout) {}

  /** An order that was refused stands at this address. */
  @Get()
  @Redirect('/cart', 303)
  goToCart(): void {}

  @Post()
  @Redirect('/orders', 303)
  async order(
    @FormBody(checkoutForm) form: ValuesOf<typeof checkoutForm>,
    @CurrentSession() session: Session,
  ) {
    try {
      const { number } = await this.checkout.place(session, form);
      return { url: `/orders/${number}` };
    } catch (error) {
      if (!(error instanceof OrderRefused)) throw error;
      const cart = cartPage(session.data.cart);
      throw new FormRejected(formOfCart, form, { form: error.message }, 409, cart);
    }
  }
}
