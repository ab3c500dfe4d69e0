import {
  type DynamicModule,
  type FactoryProvider,
  Module,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { CONFIG, type Config } from '../config/config.js';
import { ErrorFilter } from './error.filter.js';
import { LAYOUT, type LayoutOf, Pages } from './pages.js';
import { addViews } from './render.js';
import { StaticFiles } from './static-files.js';
import { Views, type ViewsAddition } from './views.js';

export interface HttpOptions {
  /** The folder of the templates. */
  readonly views: string;
  /** The folder of the files that everybody gets as they are. */
  readonly files: string;
  /** What features add to the templates. */
  readonly features: readonly ViewsAddition[];
  readonly layout: Pick<FactoryProvider<LayoutOf>, 'inject' | 'useFactory'>;
}

/** What every answer passes: pages and error pages. */
@Module({})
export class HttpModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly pages: Pages,
  ) {}

  static with({ views, files, features, layout }: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      providers: [
        Pages,
        { provide: LAYOUT, ...layout },
        {
          ...{ provide: StaticFiles, inject: [CONFIG] },
          useFactory: ({ environment }: Config) => new StaticFiles(files, environment),
        },
        {
          ...{ provide: Views, inject: [StaticFiles] },
          useFactory: (staticFiles: StaticFiles) => new Views(views, staticFiles, features),
        },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }

  onModuleInit(): void {
    addViews(this.host.httpAdapter.getInstance<FastifyInstance>(), this.pages);
  }
}
