import cookie from '@fastify/cookie';
import formBody from '@fastify/formbody';
import session from '@fastify/session';
import { RedisStore } from 'connect-redis';
import { fastify } from 'fastify';
import { createClient } from 'redis';

import * as shop from './shop.js';

/** @fastify/session with connect-redis. */

declare module 'fastify' {
  interface Session {
    kept?: shop.Kept;
  }
}

const client = await createClient({ url: shop.redisUrl() }).connect();
const app = fastify();
await app.register(formBody);
await app.register(cookie);
await app.register(session, {
  secret: shop.SECRET,
  store: new RedisStore({ client, ttl: shop.TTL_S }),
  saveUninitialized: false,
  cookie: { httpOnly: true, sameSite: 'lax', secure: false, maxAge: shop.TTL_S * 1_000 },
});

app.get('/login', (_request, reply) =>
  reply.type('text/html; charset=utf-8').send(shop.renderLogin()),
);

app.get('/cart', (request, reply) => {
  const { kept } = request.session;
  if (!kept) return reply.redirect('/login', 303);
  return reply.type('text/html; charset=utf-8').send(shop.renderCart(kept.cart));
});

app.post<{ Body: shop.Form }>('/login', async (request, reply) => {
  const owner = await shop.authenticate(request.body);
  if (owner === null) return reply.code(401).send();
  await request.session.regenerate();
  request.session.kept = { owner, cart: shop.EMPTY_CART };
  return reply.redirect('/', 303);
});

app.post<{ Body: shop.Form }>('/cart/items', async (request, reply) => {
  const { kept } = request.session;
  if (!kept) return reply.code(401).send();
  const cart = await shop.withProduct(kept.cart, request.body);
  request.session.kept = { ...kept, cart };
  return reply.redirect('/cart', 303);
});

await app.listen({ port: 0, host: '127.0.0.1' });
shop.announce(app.server.address());
