import { Controller, Get, NotFoundException, Param, Render, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import { CatalogService } from './catalog.service.js';

@Controller()
export class CatalogController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly users: Users,
  ) {}

  @Get()
  @Public()
  @Render('shop')
  async shop(@Req() request: FastifyRequest) {
    const [products, userName] = await Promise.all([
      this.catalog.products(),
      this.#nameOfUser(request),
    ]);
    return { products, userName };
  }

  @Get('products/:slug')
  @Public()
  @Render('product')
  async product(@Param('slug') slug: string) {
    const product = await this.catalog.product(slug);
    if (!product) throw new NotFoundException();
    return product;
  }

  /** Whom to greet: nobody while the session can't be looked up, for the shop is open all the same. */
  async #nameOfUser({ session }: FastifyRequest): Promise<string | undefined> {
    const owner = (await session.loadIfAvailable())?.owner ?? null;
    return owner === null ? undefined : (await this.users.byId(owner))?.name;
  }
}
