import { NotInstalled } from './install.js';
import { startMariadb } from './mariadb.js';
import { startMemcached } from './memcached.js';
import { startRedis } from './redis.js';
import type { ServerProcess } from './server-process.js';
import { tempFolder } from './guard.js';

type Variables = Record<string, string>;

export interface UsedStore {
  /** Where the sessions are, in words. */
  readonly where: string;
  /** The server that was started for it, if any. */
  readonly server?: ServerProcess;
  /** The variable that names the server, if it was not started for it. */
  readonly namedIn?: string;
}

export interface StoreOptions {
  /** Hears what is installed. */
  readonly say?: (line: string) => void;
  /** Whether what it has acknowledged must outlive a crash, where it can. */
  readonly durable?: boolean;
}

export const STORES = ['redis', 'memcached', 'postgres', 'mysql', 'file', 'memory'] as const;
export type StoreName = (typeof STORES)[number];

/**
 * Has the program use a session store: starts a private server for it, unless a variable names one, and puts what the
 * program needs to know into its variables. Where Redis can't be had, sessions go to PostgreSQL.
 */
export async function useSessionStore(
  store: StoreName,
  env: Variables,
  { say, durable = false }: StoreOptions = {},
): Promise<UsedStore> {
  env['SESSION_STORE'] = store;
  switch (store) {
    case 'redis':
      return orPostgres(env, say, async () =>
        useServer(env, 'REDIS_URL', 'Redis', async () => startRedis([], say)),
      );
    case 'memcached':
      return useServer(env, 'MEMCACHED_URL', 'memcached', async () => startMemcached(say));
    case 'mysql':
      return useServer(env, 'MYSQL_URL', 'MariaDB', async () => startMariadb({ durable }, say));
    case 'postgres':
      return { where: 'the same PostgreSQL' };
    case 'file':
      env['SESSION_FOLDER'] ??= tempFolder('sessions');
      return { where: `files in ${env['SESSION_FOLDER']}` };
    case 'memory':
      // What one worker has in its memory another would not know.
      env['WORKERS'] = '1';
      return { where: 'the memory of the only worker: they end with it' };
  }
}

async function useServer(
  env: Variables,
  variable: string,
  name: string,
  start: () => Promise<ServerProcess & { readonly url: string }>,
): Promise<UsedStore> {
  if (env[variable]) return { where: `the ${name} of ${variable}`, namedIn: variable };
  try {
    const server = await start();
    env[variable] = server.url;
    return { where: `a private ${name}: ${server.url}`, server };
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    const remedy = `Install ${name}, or name a server of your own in ${variable}`;
    throw new NotInstalled(`${error.message}.\n${remedy}`, { cause: error });
  }
}

async function orPostgres(
  env: Variables,
  say: ((line: string) => void) | undefined,
  use: () => Promise<UsedStore>,
): Promise<UsedStore> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    say?.(`No Redis: ${error.message}, like REDIS_URL=redis://host:6379`);
    return useSessionStore('postgres', env);
  }
}
