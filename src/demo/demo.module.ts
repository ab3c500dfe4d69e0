import { AuthModule } from '../auth/auth.module.js';
import { Feature } from '../feature/feature.js';
import { CartController } from './cart/cart.controller.js';
import { countItems } from './cart/cart.js';
import { cartInSession } from './cart/cart.session.js';
import { CatalogController } from './catalog/catalog.controller.js';
import { CatalogService } from './catalog/catalog.service.js';
import { DemoLayout } from './demo.layout.js';
import { seedDemo } from './demo.seed.js';
import { formatMoney } from './money.js';
import { Checkout } from './orders/checkout.js';
import { CheckoutController } from './orders/checkout.controller.js';
import { Orders } from './orders/orders.js';
import { OrdersController } from './orders/orders.controller.js';
import { BehindThisPage } from './panel/behind-this-page.js';
import { KillWorkerController } from './panel/kill-worker.controller.js';
import { StoreRequests } from './panel/store-requests.js';
import { pictureFor } from './pictures.js';
import { HowItWorks } from './walk-through/how-it-works.js';
import { HowItWorksController } from './walk-through/how-it-works.controller.js';

/**
 * A shop whose carts and orders outlive any worker, and what lets people watch that: a panel on each page with a button
 * that kills a worker, and a walk-through.
 */
@Feature({
  name: 'demo',
  appName: 'Leaf & Kettle',
  hasHomePage: true,
  imports: [AuthModule],
  controllers: [
    CatalogController,
    CartController,
    CheckoutController,
    OrdersController,
    KillWorkerController,
    HowItWorksController,
  ],
  providers: [CatalogService, Checkout, Orders, BehindThisPage, HowItWorks],
  session: cartInSession,
  navigation: [
    {
      label: 'Cart',
      href: '/cart',
      badge: { count: ({ cart }) => countItems(cart), unit: ['item', 'items'] },
    },
    { label: 'Orders', href: '/orders', for: 'users' },
  ],
  layout: DemoLayout,
  sessionObserver: StoreRequests,
  helpers: { money: formatMoney, pictureFor },
  seed: seedDemo,
})
export class DemoModule {}
