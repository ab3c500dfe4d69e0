import { Logger } from '@nestjs/common';
import { Cluster } from 'ioredis';

import type { RedisClient } from './redis.connection.js';

/**
 * Warns when Redis would make room by dropping sessions: all of them have a TTL, so each policy but `noeviction` may
 * take them, and logs people out for want of memory.
 * https://redis.io/docs/latest/develop/reference/eviction/
 */
export async function warnOfEviction(client: RedisClient): Promise<void> {
  const logger = new Logger('Redis');
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  try {
    const infos = await Promise.all(nodes.map(async (node) => node.info('memory')));
    for (const policy of new Set(infos.filter(isLimited).map(policyOf))) {
      if (policy === 'noeviction') continue;
      logger.warn(
        `maxmemory-policy is ${policy}: when its memory is full, Redis logs people out. Set it to noeviction.`,
      );
    }
  } catch (error) {
    // It may be gone again, or the user may not ask.
    logger.log(`maxmemory-policy is not known: ${error instanceof Error ? error.message : ''}`);
  }
}

function isLimited(info: string): boolean {
  return Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0) > 0;
}

function policyOf(info: string): string {
  return /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? '';
}
