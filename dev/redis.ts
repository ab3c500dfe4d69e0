import { once } from 'node:events';
import { connect } from 'node:net';

import { Redis } from 'ioredis';

import { freePort } from './free-port.js';
import { tempFolder } from './guard.js';
import { commandFor } from './install.js';
import { ServerProcess } from './server-process.js';

export interface RedisServer extends ServerProcess {
  readonly url: string;
  /** Sends a command on a connection of its own; resolves to the reply. */
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
}

/**
 * Starts a private Redis, or Valkey, that keeps nothing on disk unless `args` say so.
 * @throws NotInstalled when there is none and none can be installed
 */
export async function startRedis(
  args: readonly string[] = [],
  say?: (line: string) => void,
): Promise<RedisServer> {
  const command = await commandFor(['redis-server', 'valkey-server'], 'redis-server', say);
  const port = await freePort();
  const folder = tempFolder('redis');
  const server = new ServerProcess({
    command,
    args: [
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
      ...args,
    ],
    folder,
    port,
    answers: async () => answers(port),
  });
  await server.start();
  const url = `redis://127.0.0.1:${port}`;
  return Object.assign(server, {
    url,
    call: async (...words: [string, ...(string | number)[]]) => call(url, ...words),
  });
}

/**
 * The reply as Redis has always given it: RESP3 gives some of them another form. Nothing is asked before: a Redis that is
 * busy answers nothing but how to end that.
 */
async function call(url: string, command: string, ...args: (string | number)[]): Promise<unknown> {
  const redis = new Redis(url, { protocol: 2, enableReadyCheck: false });
  try {
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

/** Whether it is there for clients: it refuses a PING while it loads, and takes one when it wants a password first. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.end('PING\r\n');
    const [reply] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return /^(\+PONG|-NOAUTH)/.test(String(reply));
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
