import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import { BehindThisPage } from './behind-this-page.js';
import { HowItWorksController } from './how-it-works.controller.js';
import { HowItWorks } from './how-it-works.js';
import { KillWorkerController } from './kill-worker.controller.js';
import { StoreRequests } from './store-requests.js';

/**
 * The panel "Behind this page" with a button on it that kills a worker, and the walk-through, never in production. Who asks
 * for BehindThisPage or StoreRequests must be content with none.
 */
@Module({})
export class DemoModule {
  static with({ environment, demo }: Config): DynamicModule {
    const hasPanel = environment !== 'production' && demo.show_behind_this_page;
    const panel = hasPanel ? [BehindThisPage, StoreRequests] : [];
    return {
      module: DemoModule,
      global: true,
      controllers: hasPanel ? [KillWorkerController, HowItWorksController] : [],
      providers: [...panel, ...(hasPanel ? [HowItWorks] : [])],
      exports: panel,
    };
  }
}
