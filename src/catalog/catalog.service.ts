import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import type { Product as ProductRow } from '../database/generated/client.js';
import type { Money } from '../money/money.js';

export interface Product {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly price: Money;
  /** The address of its picture. */
  readonly picture: string;
}

/** The form of a slug. Whatever hasn't it never reaches the database, which takes no NUL, for one. */
export const SLUG = /^[a-z0-9-]{1,64}$/;

/** What the shop sells. */
@Injectable()
export class CatalogService {
  constructor(private readonly database: Database) {}

  async products(): Promise<Product[]> {
    const rows = await this.database.product.findMany({ orderBy: { position: 'asc' } });
    return rows.map(toProduct);
  }

  async product(slug: string): Promise<Product | null> {
    if (!SLUG.test(slug)) return null;
    const row = await this.database.product.findUnique({ where: { slug } });
    return row && toProduct(row);
  }
}

/** The address of a product's picture. */
export function pictureOf(slug: string): string {
  return `/products/${slug}.svg`;
}

function toProduct({ slug, name, description, priceMinor, currency }: ProductRow): Product {
  const price = { minor: priceMinor, currency };
  return { slug, name, description, price, picture: pictureOf(slug) };
}
