import { type App, startApp } from './app.js';
import { migrate, seed } from './database.js';
import { type PostgresServer, startPostgres } from './postgres.js';
import { type RedisServer, startRedis } from './redis.js';

/** The whole program on private servers, with the demo's users and products. */
export interface Stack {
  readonly app: App;
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  stop(): Promise<void>;
}

/** Starts the built program, two workers unless `env` says otherwise, on servers of its own. */
export async function startStack(env: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const postgres = await startPostgres({ logStatements: true });
  const redis = await startRedis();
  const variables = {
    NODE_ENV: 'demo',
    LOG_LEVEL: 'warn',
    WORKERS: '2',
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    ...env,
  };
  await migrate(variables);
  await seed(variables);
  const app = await startApp({ env: variables });
  return {
    app,
    postgres,
    redis,
    stop: async () => {
      await app.stop();
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}
