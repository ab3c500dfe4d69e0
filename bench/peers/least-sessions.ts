import { randomBytes } from 'node:crypto';

import type { FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';

import * as shop from './shop.js';

/** The least that a session takes: one GETEX for a page. No check of anything, and the last write wins. */

const redis = new Redis(shop.redisUrl());

export async function read(cookie = ''): Promise<shop.Kept | null> {
  const text = await redis.getex(idIn(cookie), 'EX', shop.TTL_S);
  return text === null ? null : (JSON.parse(text) as shop.Kept);
}

/** The login and the cart, which bring a session to where the page is measured. */
export async function addWrites(app: FastifyInstance): Promise<void> {
  app.post<{ Body: shop.Form }>('/login', async ({ body }, reply) => {
    const owner = await shop.authenticate(body);
    if (owner === null) return reply.code(401).send();
    const id = randomBytes(32).toString('base64url');
    await write(id, { owner, cart: shop.EMPTY_CART });
    return reply.header('set-cookie', `id=${id}; Path=/; HttpOnly`).redirect('/', 303);
  });

  app.post<{ Body: shop.Form }>('/cart/items', async ({ body, headers }, reply) => {
    const kept = await read(headers.cookie);
    if (kept === null) return reply.code(401).send();
    const cart = await shop.withProduct(kept.cart, body);
    await write(idIn(headers.cookie), { ...kept, cart });
    return reply.redirect('/cart', 303);
  });
}

async function write(id: string, kept: shop.Kept): Promise<void> {
  await redis.set(id, JSON.stringify(kept), 'EX', shop.TTL_S);
}

function idIn(cookie = ''): string {
  return cookie.slice('id='.length);
}
