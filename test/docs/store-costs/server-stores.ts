import { Client } from 'pg';

import { runSql, startMariadb } from '../../../dev/mariadb.js';
import { startMemcached } from '../../../dev/memcached.js';
import { startPostgres } from '../../../dev/postgres.js';
import { type RedisServer, startRedis } from '../../../dev/redis.js';
import { FAST_SYNC, untilReplicated } from '../../../dev/redis-replication.js';
import type { ServerProcess } from '../../../dev/server-process.js';
import { TcpProxy } from '../../../dev/tcp-proxy.js';
import { MemcachedStore } from '../../../src/session/stores/memcached.store.js';
import { MysqlStore } from '../../../src/session/stores/mysql.store.js';
import { PostgresStore } from '../../../src/session/stores/postgres.store.js';
import { RedisStore } from '../../../src/session/stores/redis.store.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { LONG } from '../../session/contract/store-under-test.js';
import { type MeasuredStore, SESSIONS } from './measured-store.js';

const timeoutMs = 10_000;
const SQL_SETTINGS = { table: 'sessions', poolSize: 10, timeoutMs, sweepEveryMs: 3_600_000 };

export async function redis(): Promise<MeasuredStore> {
  return redisWith({ replicasToWaitFor: 0 }, [await startRedis()]);
}

export async function redisWithReplica(): Promise<MeasuredStore> {
  // What the master keeps for replicas that come back is for no session: as little of it as it takes.
  const master = await startRedis([...FAST_SYNC, '--repl-backlog-size', '16kb']);
  const replica = await startRedis(['--replicaof', `127.0.0.1 ${master.port}`]);
  await untilReplicated([master, replica]);
  // One change waits for the other's WAIT, so it takes a while to make many sessions.
  return redisWith({ replicasToWaitFor: 1, sessions: 2_000 }, [master, replica]);
}

async function redisWith(
  { replicasToWaitFor, sessions }: { replicasToWaitFor: number; sessions?: number },
  servers: readonly [RedisServer, ...RedisServer[]],
): Promise<MeasuredStore> {
  const [master] = servers;
  return behindLink(master.url, servers, {
    open: (url) => new RedisStore({ url, replicasToWaitFor, timeoutMs }, LONG),
    bytes: async () => {
      const memory = String(await master.call('INFO', 'memory'));
      return Number(/used_memory:(\d+)/.exec(memory)?.[1]);
    },
    ...(sessions && { sessions }),
  });
}

/** An item takes a whole chunk of the next larger size. */
export async function memcached(): Promise<MeasuredStore> {
  const server = await startMemcached();
  return behindLink(server.url, [server], {
    open: (url) => new MemcachedStore({ url, timeoutMs }, LONG),
    bytes: async () => {
      const slabs = await server.call('stats slabs', 'END\r\n');
      const chunks = slabs.matchAll(/:chunk_size (\d+)[^]*?:used_chunks (\d+)/g);
      return [...chunks].reduce((sum, [, size, used]) => sum + Number(size) * Number(used), 0);
    },
  });
}

export async function postgres(): Promise<MeasuredStore> {
  const server = await startPostgres();
  return behindLink(server.url, [server], {
    open: (url) => new PostgresStore({ ...SQL_SETTINGS, url }, LONG),
    bytes: async () => {
      const client = new Client(server.url);
      await client.connect();
      const { rows } = await client.query<{ size: string }>(
        "SELECT pg_total_relation_size('sessions') AS size",
      );
      await client.end();
      return Number(rows[0]?.size);
    },
  });
}

export async function mysql(): Promise<MeasuredStore> {
  const server = await startMariadb();
  return behindLink(server.url, [server], {
    open: (url) => new MysqlStore({ ...SQL_SETTINGS, url }, LONG),
    bytes: async () => {
      await runSql(server.url, 'ANALYZE TABLE sessions');
      const [row] = await runSql(
        server.url,
        `SELECT data_length + index_length AS size FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_name = 'sessions'`,
      );
      return Number(row?.['size']);
    },
  });
}

interface Measures {
  readonly open: (url: string) => SessionStore;
  readonly bytes: () => Promise<number>;
  readonly sessions?: number;
}

/** A store that reaches the first of some servers through a link that counts round trips. */
async function behindLink(
  url: string,
  servers: readonly [ServerProcess, ...ServerProcess[]],
  { open, bytes, sessions = SESSIONS }: Measures,
): Promise<MeasuredStore> {
  const link = await TcpProxy.to(servers[0].port);
  const store = open(Object.assign(new URL(url), { port: String(link.port) }).href);
  return {
    store,
    waits: () => link.roundTrips,
    bytes,
    sessions,
    stop: async () => {
      await store.close();
      link.close();
      await Promise.all(servers.map(async (server) => server.kill()));
    },
  };
}
