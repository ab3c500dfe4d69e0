import { randomUUID } from 'node:crypto';

import formBody from '@fastify/formbody';
import { hash, verify } from 'argon2';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { fastify, type FastifyReply } from 'fastify';
import { Redis } from 'ioredis';

import type { Cart } from '../../src/demo/cart/cart.js';
import * as shop from './shop.js';

/**
 * better-auth on Fastify, with its sessions in Redis as secondary storage, and the cart as a field of the session. Its
 * users are in memory, where looking them up costs nothing. Its limit of requests is off: all come from one address.
 */

const redis = new Redis(shop.redisUrl());
const auth = betterAuth({
  baseURL: 'http://127.0.0.1',
  secret: shop.SECRET,
  database: memoryAdapter(shop.usersOfBetterAuth(randomUUID)),
  secondaryStorage: {
    get: async (key) => redis.get(key),
    set: async (key, value, ttl) => {
      if (ttl === undefined) await redis.set(key, value);
      else await redis.set(key, value, 'EX', ttl);
    },
    getAndDelete: async (key) => redis.getdel(key),
    // Only its limits count, and they are off.
    increment: async (key) => redis.incr(key),
    delete: async (key) => {
      await redis.del(key);
    },
  },
  session: {
    expiresIn: shop.TTL_S,
    additionalFields: { cart: { type: 'string', required: false } },
  },
  emailAndPassword: {
    enabled: true,
    password: { hash, verify: async ({ hash: stored, password }) => verify(stored, password) },
  },
  rateLimit: { enabled: false },
  advanced: { disableCSRFCheck: true, disableOriginCheck: true },
  telemetry: { enabled: false },
});

const app = fastify();
await app.register(formBody);

app.get('/login', (_request, reply) =>
  reply.type('text/html; charset=utf-8').send(shop.renderLogin()),
);

app.get('/cart', async (request, reply) => {
  const found = await auth.api.getSession({ headers: headersOf(request.headers.cookie) });
  if (!found) return reply.redirect('/login', 303);
  return reply.type('text/html; charset=utf-8').send(shop.renderCart(cartOf(found)));
});

app.post<{ Body: shop.Form }>('/login', async ({ body }, reply) => {
  const { email = '', password = '' } = body;
  const { headers } = await auth.api.signInEmail({
    body: { email, password },
    returnHeaders: true,
  });
  return withCookies(reply, headers).redirect('/', 303);
});

app.post<{ Body: shop.Form }>('/cart/items', async (request, reply) => {
  const own = headersOf(request.headers.cookie);
  const found = await auth.api.getSession({ headers: own });
  if (!found) return reply.code(401).send();
  const cart = JSON.stringify(await shop.withProduct(cartOf(found), request.body));
  const { headers } = await auth.api.updateSession({
    body: { cart },
    headers: own,
    returnHeaders: true,
  });
  return withCookies(reply, headers).redirect('/cart', 303);
});

await app.listen({ port: 0, host: '127.0.0.1' });
shop.announce(app.server.address());

/** The types of better-auth lose the fields of its options where its own are optional. */
function cartOf({ session }: { session: object }): Cart {
  const { cart } = session as { cart?: string | null };
  return cart ? (JSON.parse(cart) as Cart) : shop.EMPTY_CART;
}

function headersOf(cookie = ''): Headers {
  return new Headers({ cookie });
}

function withCookies(reply: FastifyReply, headers: Headers): FastifyReply {
  return reply.header('set-cookie', headers.getSetCookie());
}
