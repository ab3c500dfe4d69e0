import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';

import { ErrorFilter } from './error.filter.js';
import { LAYOUT, type LayoutOf, Pages } from './pages.js';
import { ViewInterceptor } from './view.js';
import { Views } from './views.js';

export interface HttpOptions {
  /** The folder of the templates. */
  readonly views: string;
  readonly layout: Pick<FactoryProvider<LayoutOf>, 'inject' | 'useFactory'>;
}

/** What every answer passes: pages and error pages. */
@Module({})
export class HttpModule {
  static with({ views, layout }: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      providers: [
        Pages,
        { provide: LAYOUT, ...layout },
        { provide: Views, useFactory: () => new Views(views) },
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: APP_INTERCEPTOR, useClass: ViewInterceptor },
      ],
    };
  }
}
