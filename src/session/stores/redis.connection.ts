import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

export interface RedisSettings {
  /** redis://[user:password@]host:port[/db], or rediss:// for TLS. */
  readonly url: string;
  /** The longest that a command or a connection attempt may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** The longest pause between two attempts to reconnect, in milliseconds. */
const LONGEST_RECONNECT_PAUSE_MS = 250;

/**
 * A connection that fails fast and comes back by itself. A command either gets its answer in time or rejects:
 * it never waits for a connection, and it is never sent a second time, since it may have been executed the first.
 */
export function connectToRedis(settings: RedisSettings): Redis {
  const redis = new Redis(settings.url, {
    connectTimeout: settings.timeoutMs,
    commandTimeout: settings.timeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 25, LONGEST_RECONNECT_PAUSE_MS) * jitter(),
    // After a failover the old master is a replica: look for the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  logChanges(redis);
  return redis;
}

function jitter(): number {
  return 0.5 + Math.random() / 2;
}

/** One line when Redis goes and one when it is back, however many attempts lie between. */
function logChanges(redis: Redis): void {
  const logger = new Logger('Redis');
  let away = false;
  redis.on('error', (error) => {
    if (!away) logger.error(`unreachable: ${error.message || String(error)}`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.log('reachable again');
    away = false;
  });
}
