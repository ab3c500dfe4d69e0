import type { Socket } from 'node:net';

import { Cluster, type Redis } from 'ioredis';

import type { RedisClient } from './redis.connection.js';

/**
 * Makes a client send the commands of one turn of the event loop with one system call, instead of one for each: the
 * requests that a worker finds waiting ask for their sessions together.
 */
export function sendTogether(client: RedisClient): void {
  if (client instanceof Cluster) client.on('+node', corkTurns);
  else corkTurns(client);
}

function corkTurns(redis: Redis): void {
  const sendCommand = redis.sendCommand.bind(redis);
  let corked: Socket | null = null;
  redis.sendCommand = (...command) => {
    const stream = redis.stream as Socket | undefined;
    if (stream && stream !== corked) {
      corked = stream;
      stream.cork();
      setImmediate(() => {
        stream.uncork();
        if (corked === stream) corked = null;
      });
    }
    return sendCommand(...command);
  };
}
