import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { freePort } from './free-port.js';
import { tempFolder } from './guard.js';
import { commandFor } from './install.js';
import { type RedisServer, startRedis } from './redis.js';
import { FAST_SYNC, untilReplicated } from './redis-replication.js';
import { ServerProcess } from './server-process.js';

export interface RedisSentinel {
  readonly master: RedisServer;
  readonly replicas: readonly RedisServer[];
  /** The addresses of the sentinels, as session.redis.url takes them; they know the master as `mymaster`. */
  readonly url: string;
  stop(): Promise<void>;
}

const SENTINELS = 3;
const DOWN_AFTER_MS = 1_000;
/** Sentinels that could not agree try again after twice as long. */
const FAILOVER_TIMEOUT_MS = 3_000;

/** Starts a master, two replicas and three sentinels that fail over in some two seconds. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const master = await startRedis(FAST_SYNC);
  const replicaOf = ['--replicaof', `127.0.0.1 ${master.port}`, ...FAST_SYNC];
  const replicas = [await startRedis(replicaOf), await startRedis(replicaOf)];
  await untilReplicated([master, ...replicas]);
  const sentinels = await Promise.all(
    Array.from({ length: SENTINELS }, async () => startSentinel(master.port)),
  );
  const servers = [master, ...replicas, ...sentinels];
  const ports = sentinels.map(({ port }) => port);
  await Promise.all(ports.map(async (port) => allKnown(port)));
  return {
    master,
    replicas,
    url: ports.map((port) => `redis://127.0.0.1:${port}`).join(','),
    stop: async () => {
      await Promise.all(servers.map(async (server) => server.stop()));
    },
  };
}

async function startSentinel(masterPort: number): Promise<ServerProcess> {
  const command = await commandFor(['redis-server', 'valkey-server'], 'redis-server');
  const folder = tempFolder('sentinel');
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const quorum = Math.floor(SENTINELS / 2) + 1;
  writeFileSync(
    file,
    `port ${port}
bind 127.0.0.1
dir ${folder}
sentinel monitor mymaster 127.0.0.1 ${masterPort} ${quorum}
sentinel down-after-milliseconds mymaster ${DOWN_AFTER_MS}
sentinel failover-timeout mymaster ${FAILOVER_TIMEOUT_MS}
`,
  );
  const server = new ServerProcess({
    command,
    args: [file, '--sentinel'],
    folder,
    port,
    answers: async () => (await masterSeenBy(port)) !== null,
  });
  await server.start();
  return server;
}

/** Resolves when a sentinel knows the replicas and the other sentinels: before that it can't fail over. */
async function allKnown(port: number): Promise<void> {
  for (;;) {
    const master = (await masterSeenBy(port)) ?? '';
    if (/num-slaves,2,num-other-sentinels,2/.test(master)) return;
    await pause(50);
  }
}

async function masterSeenBy(port: number): Promise<string | null> {
  const redis = new Redis(port, '127.0.0.1', { protocol: 2, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return String(await redis.call('SENTINEL', 'MASTER', 'mymaster'));
  } catch {
    return null;
  } finally {
    redis.disconnect();
  }
}
