import { randomBytes } from 'node:crypto';

import formBody from '@fastify/formbody';
import { fastify } from 'fastify';
import { Redis } from 'ioredis';

import * as shop from './shop.js';

/** The least that can be done: bare Fastify, one GETEX, the template. No check, no header, no log. */

const redis = new Redis(shop.redisUrl());
const app = fastify();
await app.register(formBody);

app.get('/login', (_request, reply) =>
  reply.type('text/html; charset=utf-8').send(shop.renderLogin()),
);

app.get('/cart', async (request, reply) => {
  const text = await redis.getex(idIn(request.headers.cookie), 'EX', shop.TTL_S);
  if (text === null) return reply.redirect('/login', 303);
  const { cart } = JSON.parse(text) as shop.Kept;
  return reply.type('text/html; charset=utf-8').send(shop.renderCart(cart));
});

app.post<{ Body: shop.Form }>('/login', async ({ body }, reply) => {
  const owner = await shop.authenticate(body);
  if (owner === null) return reply.code(401).send();
  const id = randomBytes(32).toString('base64url');
  await put(id, { owner, cart: shop.EMPTY_CART });
  return reply.header('set-cookie', `id=${id}; Path=/; HttpOnly`).redirect('/', 303);
});

app.post<{ Body: shop.Form }>('/cart/items', async ({ body, headers }, reply) => {
  const id = idIn(headers.cookie);
  const kept = JSON.parse((await redis.get(id)) ?? 'null') as shop.Kept;
  await put(id, { ...kept, cart: await shop.withProduct(kept.cart, body) });
  return reply.redirect('/cart', 303);
});

await app.listen({ port: 0, host: '127.0.0.1' });
shop.announce(app.server.address());

async function put(id: string, kept: shop.Kept): Promise<void> {
  await redis.set(id, JSON.stringify(kept), 'EX', shop.TTL_S);
}

function idIn(cookie = ''): string {
  return cookie.slice('id='.length);
}
