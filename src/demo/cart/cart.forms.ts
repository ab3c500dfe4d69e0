import { z } from 'zod';

import { SLUG } from '../catalog/catalog.service.js';
import { defineForm } from '../../http/form.js';
import { MOST_OF_A_PRODUCT } from './cart.js';

/** How many of a product one click may add. */
const MOST_ADDED_AT_ONCE = 1_000;

export const addForm = defineForm({
  product: z.string().regex(SLUG, 'is no product of this shop'),
  quantity: wholeNumber(1, MOST_ADDED_AT_ONCE).optional(),
});

export const quantityForm = defineForm({ quantity: wholeNumber(0, MOST_OF_A_PRODUCT) });

/** Plain digits: `Number()` alone would take '1e3', '0x10' and ' 7 ' too. */
function wholeNumber(least: number, most: number) {
  const message = `takes a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}
