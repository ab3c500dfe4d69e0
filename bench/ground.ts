import { Client } from 'pg';

import { APP } from '../dev/app.js';
import { migrate, seed } from '../dev/database.js';
import { startPostgres } from '../dev/postgres.js';
import { type RedisServer, startRedis } from '../dev/redis.js';
import { startSmtp } from '../dev/smtp.js';

/** What all who take part stand on: the same Redis, and the same PostgreSQL with the users and products. */
export interface Ground {
  /** The variables that name the servers. */
  readonly env: Readonly<Record<string, string>>;
  readonly redis: RedisServer;
  stop(): Promise<void>;
}

/** The users are shopper-0@example.com and so on, all with the password of the demo. */
export const USERS = 200;

export async function startGround(): Promise<Ground> {
  const [redis, postgres, smtp] = [await startRedis(), await startPostgres(), await startSmtp()];
  const servers = { REDIS_URL: redis.url, DATABASE_URL: postgres.url, MAIL_URL: smtp.url };
  // The seed's passwords are public: it is refused in production.
  const demo = { ...servers, NODE_ENV: 'development' };
  await migrate(demo);
  await seed(demo, APP.seed);
  const passwordHash = await addUsers(postgres.url);
  return {
    env: { ...servers, PASSWORD_HASH: passwordHash },
    redis,
    stop: async () => {
      await Promise.all([redis.stop(), postgres.stop(), smtp.stop()]);
    },
  };
}

/** Resolves to the hash of their password. */
async function addUsers(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ password_hash: string }>(
      `INSERT INTO users (id, email, name, password_hash, updated_at)
       SELECT gen_random_uuid(), 'shopper-' || n || '@example.com', 'Shopper ' || n, password_hash, now()
       FROM users, generate_series(0, $1::int - 1) AS n WHERE email = 'ada@example.com'
       RETURNING password_hash`,
      [USERS],
    );
    return rows[0]?.password_hash ?? '';
  } finally {
    await client.end();
  }
}
