import { type DynamicModule, Module } from '@nestjs/common';

import { CONFIG, type Config } from './config.js';

/** Hands the settings to whoever asks for CONFIG. */
@Module({})
export class ConfigModule {
  static with(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
