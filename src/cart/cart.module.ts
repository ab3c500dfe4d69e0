import { Module } from '@nestjs/common';

import { CatalogModule } from '../catalog/catalog.module.js';
import { CartController } from './cart.controller.js';

@Module({ imports: [CatalogModule], controllers: [CartController] })
export class CartModule {}
