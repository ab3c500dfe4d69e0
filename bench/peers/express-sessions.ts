import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { createClient } from 'redis';

import { redisUrl, SECRET, TTL_S } from './shop.js';

const client = await createClient({ url: redisUrl() }).connect();

/** express-session with connect-redis, as both recommend it for production; without HTTPS, which the load does not speak. */
export const sessions = session({
  secret: SECRET,
  store: new RedisStore({ client, ttl: TTL_S }),
  resave: false,
  saveUninitialized: false,
  cookie: { httpOnly: true, sameSite: 'lax', secure: false, maxAge: TTL_S * 1_000 },
});
