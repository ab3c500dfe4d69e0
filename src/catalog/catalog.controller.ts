import { Controller, Get } from '@nestjs/common';

import { Public } from '../auth/public.decorator.js';
import { View } from '../http/view.js';
import { CatalogService } from './catalog.service.js';

@Controller()
export class CatalogController {
  constructor(private readonly catalog: CatalogService) {}

  @Get()
  @Public()
  @View('shop')
  async shop() {
    return { products: await this.catalog.products() };
  }
}
