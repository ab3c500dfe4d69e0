import { type DynamicModule, Module, type Type } from '@nestjs/common';

import { AccountModule } from './account/account.module.js';
import { layout, LAYOUT_NAMES } from './app.layout.js';
import { ownSession, sessionOptions } from './app.session.js';
import { AuthModule } from './auth/auth.module.js';
import { APP_NAME } from './config/app-name.js';
import { CONFIG, type Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DemoModule } from './demo/demo.module.js';
import { checkFeatures, type FeatureMetadata, featureOf } from './feature/feature.js';
import { HealthModule } from './health/health.module.js';
import type { WorkerStatus } from './health/worker-status.js';
import { HomeModule } from './home/home.module.js';
import { HttpModule } from './http/http.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { Limits } from './limits/limits.js';
import { LimitsModule } from './limits/limits.module.js';
import { MailModule } from './mail/mail.module.js';
import type { Metrics } from './metrics/metrics.js';
import { METRICS, MetricsModule } from './metrics/metrics.module.js';
import { SessionModule } from './session/session.module.js';
import { SignupModule } from './signup/signup.module.js';

/** What the app has besides accounts and sessions. */
export const FEATURES: readonly Type[] = [
  // A line for each feature.
  DemoModule,
];

/** What the app brings itself, in the form of features: no feature can bring it again. */
const OWN: readonly FeatureMetadata[] = [
  { name: 'app', session: ownSession },
  ...LAYOUT_NAMES.map((name) => ({ name })),
];

/** All of the app. */
@Module({})
export class AppModule {
  static with(
    features: readonly Type[],
    config: Config,
    worker: WorkerStatus,
    metrics?: Metrics,
  ): DynamicModule {
    const metadata = features.map(featureOf);
    checkFeatures([...OWN, ...metadata]);
    const parts = metadata.flatMap((feature) => feature.layout ?? []);
    const observers = metadata.flatMap((feature) => feature.sessionObserver ?? []);
    const hasHomePage = metadata.some((feature) => feature.hasHomePage);
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config, appNameOf(metadata)),
        MetricsModule.with(metrics),
        DatabaseModule,
        SessionModule.forRoot({
          inject: [CONFIG, Limits, { token: METRICS, optional: true }, ...observers],
          useFactory: sessionOptions(metadata),
        }),
        HttpModule.with({
          views: 'views',
          files: 'public',
          features: metadata,
          layout: { inject: [CONFIG, APP_NAME, ...parts], useFactory: layout(metadata) },
        }),
        LimitsModule,
        MailModule,
        InboxModule.with(config),
        AuthModule,
        SignupModule,
        AccountModule,
        HealthModule.with(worker),
        ...(hasHomePage ? [] : [HomeModule]),
        ...features,
      ],
    };
  }
}

function appNameOf(features: readonly FeatureMetadata[]): string | undefined {
  return features.find(({ appName }) => appName)?.appName;
}
