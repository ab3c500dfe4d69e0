import { APP, type App, type BuiltApp, startApp } from './app.js';
import { Mailbox } from './mailbox.js';
import { PATIENCE } from './patience.js';
import { type PostgresServer, startPostgres } from './postgres.js';
import { type RedisServer, startRedis } from './redis.js';
import { seededCluster } from './seeded-cluster.js';
import type { ServerProcess } from './server-process.js';
import { type StoreName, useSessionStore } from './session-store.js';
import { SettingsFile } from './settings-file.js';

/** The whole program on private servers, with data to try. */
export interface Stack {
  /** Where browsers go. */
  readonly url: string;
  readonly app: App;
  /** The variables that the program was started with. */
  readonly env: Variables;
  /** The settings' file that it was started with. */
  readonly settings: SettingsFile;
  readonly postgres: PostgresServer;
  /** Where its mails go. */
  readonly mailbox: Mailbox;
  /** The server of the session store; null where that needs none of its own. */
  readonly store: ServerProcess | null;
  stop(): Promise<void>;
}

export interface RedisStack extends Stack {
  readonly redis: RedisServer;
}

/** No test goes by the address in a link: it is not the one that the program listens at. */
const PUBLIC_URL = 'http://app.example';

const DEFAULTS = {
  ...{ NODE_ENV: 'development', LOG_LEVEL: 'warn', WORKERS: '2', PUBLIC_URL },
};

type Variables = Readonly<Record<string, string>>;

export interface StackOptions {
  readonly env?: Variables;
  /** Which built app; by default that of src/. */
  readonly app?: BuiltApp | undefined;
  /** The settings' file; by default one with PATIENCE. */
  readonly settings?: SettingsFile;
  /** Whether what servers have acknowledged must outlive a crash, where they can. */
  readonly durable?: boolean;
}

export interface RedisStackOptions extends Omit<StackOptions, 'env'> {
  readonly redisArgs?: readonly string[];
}

/** Starts a built app on Redis, with two workers unless `env` says otherwise. */
export async function startStack(
  env: Variables = {},
  { redisArgs = [], ...options }: RedisStackOptions = {},
): Promise<RedisStack> {
  const redis = await startRedis(redisArgs);
  const stack = await startStackOn('redis', { ...options, env: { REDIS_URL: redis.url, ...env } });
  const stop = async (): Promise<void> => {
    await stack.stop();
    await redis.stop();
  };
  return { ...stack, redis, stop };
}

/** Starts a built app on a session store. */
export async function startStackOn(
  storeName: StoreName,
  {
    env = {},
    app: built = APP,
    durable = false,
    settings = new SettingsFile(PATIENCE),
  }: StackOptions = {},
): Promise<Stack> {
  const from = await seededCluster(built);
  const postgres = await startPostgres({ logStatements: true, durable, from });
  const mailbox = new Mailbox();
  const servers = { DATABASE_URL: postgres.url, MAIL_URL: mailbox.url };
  const variables = { ...DEFAULTS, ...servers, ...env };
  const { server: store = null } = await useSessionStore(storeName, variables, { durable });
  const app = await startApp({ env: variables, app: built, settings });
  return {
    url: app.url,
    app,
    env: variables,
    settings,
    postgres,
    mailbox,
    store,
    stop: async () => {
      await app.stop();
      await Promise.all([store?.stop(), postgres.stop()]);
    },
  };
}
