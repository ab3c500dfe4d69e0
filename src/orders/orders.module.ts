import { Module } from '@nestjs/common';

import { Checkout } from './checkout.js';
import { CheckoutController } from './checkout.controller.js';
import { Orders } from './orders.js';
import { OrdersController } from './orders.controller.js';

@Module({
  controllers: [CheckoutController, OrdersController],
  providers: [Checkout, Orders],
})
export class OrdersModule {}
