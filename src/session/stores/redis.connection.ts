import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { Logger } from '@nestjs/common';
import { Cluster, Redis } from 'ioredis';

import { SessionStoreUnavailable } from '../session.errors.js';
import { sendTogether } from './redis.cork.js';

export interface RedisSettings {
  /** `single` unless it says otherwise. */
  readonly mode?: 'single' | 'sentinel' | 'cluster';
  /**
   * redis://[user:password@]host:port[/db], or rediss:// for TLS. Several are separated by commas: the sentinels, or
   * some nodes of the cluster. What stands in a sentinel's URL is for the sentinels.
   */
  readonly url: string;
  /** What the sentinels call the master. */
  readonly masterName?: string;
  /** For the Redis nodes, instead of those in the URL. */
  readonly username?: string;
  readonly password?: string;
  /** A file with the certificates of the authority to trust, in PEM, instead of those that Node.js trusts. */
  readonly caFile?: string;
  /** What all keys begin with. */
  readonly keyPrefix?: string;
  /** How many replicas must have a change before it counts as stored. */
  readonly replicasToWaitFor?: number;
  /** The longest that an answer or a connection attempt may take, in milliseconds. */
  readonly timeoutMs: number;
}

export type RedisClient = Redis | Cluster;

/** The longest pause between two attempts to reconnect, in milliseconds. */
const LONGEST_RECONNECT_PAUSE_MS = 250;

/**
 * Connects to a single Redis, to the master that sentinels name, or to a cluster. The connection fails fast and comes
 * back by itself. A command either gets its answer in time or rejects: it never waits for a connection, and it is never
 * sent a second time, since it may have been executed the first.
 */
export function connectToRedis(settings: RedisSettings): RedisClient {
  const client = open(settings);
  sendTogether(client);
  comeBackAlways(client);
  logChanges(client);
  return client;
}

/** Resolves when a client is connected. @throws SessionStoreUnavailable when it takes longer than its timeout */
export async function ready(client: RedisClient, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return;
  try {
    await once(client, 'ready', { signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    throw new SessionStoreUnavailable(`Redis: no connection within ${timeoutMs} ms`, { cause });
  }
}

export async function disconnect(client: RedisClient): Promise<void> {
  client.removeAllListeners('end');
  if (client.status === 'ready') await client.quit().catch(() => undefined);
  client.disconnect();
}

function open(settings: RedisSettings): RedisClient {
  const urls = settings.url.split(',').map((url) => new URL(url.trim()));
  const [first] = urls;
  const nodes = urls.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) }));
  const options = optionsFor(settings, first!);
  switch (settings.mode ?? 'single') {
    case 'single':
      return new Redis({ ...options, ...nodes[0], db: Number(first!.pathname.slice(1)) });
    case 'sentinel':
      return new Redis({
        ...options,
        sentinels: nodes,
        name: settings.masterName ?? 'mymaster',
        ...(first!.username && { sentinelUsername: decodeURIComponent(first!.username) }),
        ...(first!.password && { sentinelPassword: decodeURIComponent(first!.password) }),
        ...(options.tls && { enableTLSForSentinelMode: true, sentinelTLS: options.tls }),
        sentinelCommandTimeout: settings.timeoutMs,
        sentinelRetryStrategy: reconnectPause,
        sentinelReconnectStrategy: reconnectPause,
        // Without it a master that is frozen or cut off would be waited for.
        failoverDetector: true,
      });
    case 'cluster':
      return new Cluster(nodes, {
        enableOfflineQueue: false,
        clusterRetryStrategy: reconnectPause,
        clusterNodeRetryStrategy: reconnectPause,
        slotsRefreshTimeout: settings.timeoutMs,
        slotsRefreshInterval: SLOTS_REFRESH_MS,
        // A certificate is for a name, not for an address.
        ...(options.tls && { dnsLookup: (address, found) => found(null, address) }),
        redisOptions: options,
      });
  }
}

/** How often a cluster is asked who serves what, in milliseconds, besides when it says so itself. */
const SLOTS_REFRESH_MS = 5_000;

function optionsFor({ mode, timeoutMs, ...settings }: RedisSettings, url: URL) {
  const ofUrl = mode === 'sentinel' ? null : url;
  const username = settings.username || decodeURIComponent(ofUrl?.username ?? '');
  const password = settings.password || decodeURIComponent(ofUrl?.password ?? '');
  const ca = settings.caFile ? { ca: readFileSync(settings.caFile) } : {};
  return {
    ...(username && { username }),
    ...(password && { password }),
    ...(url.protocol === 'rediss:' && { tls: ca }),
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A connection that says nothing at all any more is a dead one, which TCP alone notices after minutes.
    socketTimeout: 2 * timeoutMs,
    enableOfflineQueue: mode === 'cluster',
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: reconnectPause,
    // After a failover the old master is a replica: look for the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
}

/** Milliseconds, with a jitter: workers should not all come back at once. */
function reconnectPause(attempt: number): number {
  return Math.min(attempt * 25, LONGEST_RECONNECT_PAUSE_MS) * (0.5 + Math.random() / 2);
}

/**
 * ioredis gives a connection up for good when a failover is announced just while it asks a sentinel for the master:
 * its detector then takes that for the end of the connection.
 */
function comeBackAlways(client: RedisClient): void {
  client.on('end', () => {
    // When this attempt fails, too, there is another end.
    client.connect().catch(() => undefined);
  });
}

/** One line when Redis goes and one when it is back, however many attempts lie between. */
function logChanges(client: RedisClient): void {
  const logger = new Logger('Redis');
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) logger.error(`unreachable: ${error.message || String(error)}`);
    away = true;
  });
  client.on('ready', () => {
    if (away) logger.log('reachable again');
    away = false;
  });
}
