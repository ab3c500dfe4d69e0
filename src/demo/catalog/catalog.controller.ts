import { Controller, Get, NotFoundException, Param, Render, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Public } from '../../auth/public.decorator.js';
import { Users } from '../../auth/users.js';
import { CatalogService } from './catalog.service.js';

@Controller()
export class CatalogController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly users: Users,
  ) {}

  @Get()
  @Public()
  @Render('demo/shop')
  async shop(@Req() request: FastifyRequest) {
    const [products, userName] = await Promise.all([
      this.catalog.products(),
      request.session.loadIfAvailable().then(async (session) => this.users.nameOf(session)),
    ]);
    return { products, userName };
  }

  @Get('products/:slug')
  @Public()
  @Render('demo/product')
  async product(@Param('slug') slug: string) {
    const product = await this.catalog.product(slug);
    if (!product) throw new NotFoundException();
    return product;
  }
}
