// oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 awaits them
import express from 'express';

import { sessions } from './express-sessions.js';
import * as shop from './shop.js';

/** express-session with connect-redis. */

declare module 'express-session' {
  interface SessionData {
    kept?: shop.Kept;
  }
}

const app = express();
app.disable('x-powered-by');
app.use(express.urlencoded({ extended: false }));
app.use(sessions);

app.get('/login', (_request, response) => {
  response.type('html').send(shop.renderLogin());
});

app.get('/cart', (request, response) => {
  const { kept } = request.session;
  if (kept) response.type('html').send(shop.renderCart(kept.cart));
  else response.redirect(303, '/login');
});

app.post('/login', async (request, response) => {
  const owner = await shop.authenticate(request.body as shop.Form);
  if (owner === null) {
    response.sendStatus(401);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    request.session.regenerate((error) => (error ? reject(error) : resolve()));
  });
  request.session.kept = { owner, cart: shop.EMPTY_CART };
  response.redirect(303, '/');
});

app.post('/cart/items', async (request, response) => {
  const { kept } = request.session;
  if (!kept) {
    response.sendStatus(401);
    return;
  }
  request.session.kept = {
    ...kept,
    cart: await shop.withProduct(kept.cart, request.body as shop.Form),
  };
  response.redirect(303, '/cart');
});

const server = app.listen(0, '127.0.0.1', () => shop.announce(server.address()));
