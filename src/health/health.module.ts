import { type DynamicModule, Module } from '@nestjs/common';

import { HealthController } from './health.controller.js';
import { WorkerStatus } from './worker-status.js';

/** Tells operators, and whoever asks for WorkerStatus, how this worker is. */
@Module({})
export class HealthModule {
  static with(worker: WorkerStatus): DynamicModule {
    return {
      module: HealthModule,
      global: true,
      controllers: [HealthController],
      providers: [{ provide: WorkerStatus, useValue: worker }],
      exports: [WorkerStatus],
    };
  }
}
