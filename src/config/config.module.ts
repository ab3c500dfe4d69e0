import { type DynamicModule, Module } from '@nestjs/common';

import { APP_NAME, DEFAULT_APP_NAME } from './app-name.js';
import { CONFIG, type Config } from './config.js';

/** Hands the settings to whoever asks for CONFIG, and the app's name to whoever asks for APP_NAME. */
@Module({})
export class ConfigModule {
  static with(config: Config, appName = DEFAULT_APP_NAME): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: APP_NAME, useValue: appName },
      ],
      exports: [CONFIG, APP_NAME],
    };
  }
}
