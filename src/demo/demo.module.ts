import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import { BehindThisPage } from './behind-this-page.js';
import { KillWorkerController } from './kill-worker.controller.js';
import { StoreRequests } from './store-requests.js';

/**
 * The panel "Behind this page", and the button on it that kills a worker. Never in production.
 * Who asks for BehindThisPage or StoreRequests must be content with none.
 */
@Module({})
export class DemoModule {
  static with({ environment, demo }: Config): DynamicModule {
    if (environment === 'production' || !demo.show_behind_this_page) return { module: DemoModule };
    return {
      module: DemoModule,
      global: true,
      controllers: [KillWorkerController],
      providers: [BehindThisPage, StoreRequests],
      exports: [BehindThisPage, StoreRequests],
    };
  }
}
