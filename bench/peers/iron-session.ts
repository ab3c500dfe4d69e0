import formBody from '@fastify/formbody';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import { getIronSession, type IronSession } from 'iron-session';

import * as shop from './shop.js';

/** iron-session on Fastify: the whole session is in the cookie, encrypted. */

interface Sealed {
  kept?: shop.Kept;
}

const app = fastify();
await app.register(formBody);

app.get('/login', (_request, reply) =>
  reply.type('text/html; charset=utf-8').send(shop.renderLogin()),
);

app.get('/cart', async (request, reply) => {
  const { kept } = await sessionOf(request, reply);
  if (!kept) return reply.redirect('/login', 303);
  return reply.type('text/html; charset=utf-8').send(shop.renderCart(kept.cart));
});

app.post<{ Body: shop.Form }>('/login', async (request, reply) => {
  const owner = await shop.authenticate(request.body);
  if (owner === null) return reply.code(401).send();
  return keep({ owner, cart: shop.EMPTY_CART }, request, reply).then(() =>
    reply.redirect('/', 303),
  );
});

app.post<{ Body: shop.Form }>('/cart/items', async (request, reply) => {
  const { kept } = await sessionOf(request, reply);
  if (!kept) return reply.code(401).send();
  const cart = await shop.withProduct(kept.cart, request.body);
  return keep({ ...kept, cart }, request, reply).then(() => reply.redirect('/cart', 303));
});

await app.listen({ port: 0, host: '127.0.0.1' });
shop.announce(app.server.address());

async function keep(kept: shop.Kept, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const session = await sessionOf(request, reply);
  session.kept = kept;
  await session.save();
}

async function sessionOf(
  { raw: request }: FastifyRequest,
  { raw: response }: FastifyReply,
): Promise<IronSession<Sealed>> {
  return getIronSession(request, response, {
    password: shop.SECRET,
    cookieName: 'sealed',
    ttl: shop.TTL_S,
    cookieOptions: { secure: false, httpOnly: true, sameSite: 'lax' },
  });
}
