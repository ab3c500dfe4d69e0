import { type DynamicModule, Module } from '@nestjs/common';

import { AccountModule } from './account/account.module.js';
import { layout } from './app.layout.js';
import { sessionOptions } from './app.session.js';
import { AuthModule } from './auth/auth.module.js';
import { CartModule } from './cart/cart.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { CONFIG, type Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { BehindThisPage } from './demo/behind-this-page.js';
import { DemoModule } from './demo/demo.module.js';
import { StoreRequests } from './demo/store-requests.js';
import { HealthModule } from './health/health.module.js';
import type { WorkerStatus } from './health/worker-status.js';
import { HttpModule } from './http/http.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { Limits } from './limits/limits.js';
import { LimitsModule } from './limits/limits.module.js';
import { MailModule } from './mail/mail.module.js';
import type { Metrics } from './metrics/metrics.js';
import { METRICS, MetricsModule } from './metrics/metrics.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { SessionModule } from './session/session.module.js';
import { SignupModule } from './signup/signup.module.js';

/** What the program is made of. */
@Module({})
export class AppModule {
  static with(config: Config, worker: WorkerStatus, metrics?: Metrics): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        MetricsModule.with(metrics),
        DatabaseModule,
        SessionModule.forRoot({
          inject: [
            CONFIG,
            { token: METRICS, optional: true },
            { token: StoreRequests, optional: true },
            Limits,
          ],
          useFactory: sessionOptions,
        }),
        HttpModule.with({
          views: 'views',
          files: 'public',
          layout: {
            inject: [CONFIG, { token: BehindThisPage, optional: true }],
            useFactory: layout,
          },
        }),
        LimitsModule,
        MailModule,
        InboxModule.with(config),
        AuthModule,
        SignupModule,
        AccountModule,
        CatalogModule,
        CartModule,
        OrdersModule,
        HealthModule.with(worker),
        DemoModule.with(config),
      ],
    };
  }
}
