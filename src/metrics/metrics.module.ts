import { type DynamicModule, Module } from '@nestjs/common';

import type { Metrics } from './metrics.js';

/** Injects Metrics. */
export const METRICS = Symbol('Metrics');

/** Hands out Metrics where the settings ask for them. Who wants to count must be content with none. */
@Module({})
export class MetricsModule {
  static with(metrics: Metrics | undefined): DynamicModule {
    const providers = metrics ? [{ provide: METRICS, useValue: metrics }] : [];
    return { module: MetricsModule, global: true, providers, exports: providers };
  }
}
