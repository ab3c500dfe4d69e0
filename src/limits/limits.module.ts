import { Global, Module } from '@nestjs/common';

import { Limits } from './limits.js';

/** How often something may be tried. */
@Global()
@Module({ providers: [Limits], exports: [Limits] })
export class LimitsModule {}
