import formBody from '@fastify/formbody';
import { fastify } from 'fastify';

import * as sessions from './least-sessions.js';
import * as shop from './shop.js';

/** The least that can be done: bare Fastify, one GETEX, the template. No check, no header, no log. */

const app = fastify();
await app.register(formBody);
await sessions.addWrites(app);

app.get('/login', (_request, reply) =>
  reply.type('text/html; charset=utf-8').send(shop.renderLogin()),
);

app.get('/cart', async (request, reply) => {
  const kept = await sessions.read(request.headers.cookie);
  if (kept === null) return reply.redirect('/login', 303);
  return reply.type('text/html; charset=utf-8').send(shop.renderCart(kept.cart));
});

await app.listen({ port: 0, host: '127.0.0.1' });
shop.announce(app.server.address());
