import { Redis } from 'ioredis';

import { freePort } from './free-port.js';
import { commandFor } from './install.js';
import { ServerProcess } from './server-process.js';
import { tempFolder } from './temp-folder.js';

export interface RedisServer extends ServerProcess {
  readonly url: string;
}

/**
 * Starts a private Redis, or Valkey, that keeps nothing on disk unless `args` say so.
 * @throws Error when there is none and none can be installed
 */
export async function startRedis(args: readonly string[] = []): Promise<RedisServer> {
  const command = commandFor(['redis-server', 'valkey-server'], 'redis-server');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const server = new ServerProcess({
    command,
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', tempFolder('redis')],
      ...['--save', '', '--appendonly', 'no'],
      ...args,
    ],
    port,
    answers: async () => pings(url),
  });
  await server.start();
  return Object.assign(server, { url });
}

async function pings(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
