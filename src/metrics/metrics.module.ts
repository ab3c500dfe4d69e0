import { type DynamicModule, Module } from '@nestjs/common';

import { Metrics } from './metrics.js';

/** Hands out Metrics where the settings ask for them. Who wants to count must be content with none. */
@Module({})
export class MetricsModule {
  static with(metrics: Metrics | undefined): DynamicModule {
    const providers = metrics ? [{ provide: Metrics, useValue: metrics }] : [];
    return { module: MetricsModule, global: true, providers, exports: providers };
  }
}
