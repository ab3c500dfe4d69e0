import {
  type DynamicModule,
  type FactoryProvider,
  Module,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { ErrorFilter } from './error.filter.js';
import { LAYOUT, type LayoutOf, Pages } from './pages.js';
import { addViews } from './render.js';
import { Views } from './views.js';

export interface HttpOptions {
  /** The folder of the templates. */
  readonly views: string;
  readonly layout: Pick<FactoryProvider<LayoutOf>, 'inject' | 'useFactory'>;
}

/** What every answer passes: pages and error pages. */
@Module({})
export class HttpModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly pages: Pages,
  ) {}

  static with({ views, layout }: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      providers: [
        Pages,
        { provide: LAYOUT, ...layout },
        { provide: Views, useFactory: () => new Views(views) },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }

  onModuleInit(): void {
    addViews(this.host.httpAdapter.getInstance<FastifyInstance>(), this.pages);
  }
}
