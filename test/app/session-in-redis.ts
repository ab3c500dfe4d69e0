import { createHash } from 'node:crypto';

import type { Redis } from 'ioredis';

import type { Browser } from './browser.js';

/** The name in Redis of a browser's session. */
export function keyOf({ id }: Browser): string {
  return `session:${createHash('sha256').update(id).digest('base64url')}`;
}

/** When the user of a browser has logged in, and when the session ends however busy it is. */
export async function clocksOf(browser: Browser, redis: Redis) {
  const { createdAt, expiresAt } = JSON.parse((await redis.get(keyOf(browser)))!) as {
    createdAt: number;
    expiresAt: number;
  };
  return { createdAt, expiresAt };
}

/** Makes a browser's login one of an hour ago. */
export async function age(browser: Browser, redis: Redis): Promise<void> {
  const key = keyOf(browser);
  const record = JSON.parse((await redis.get(key))!) as { createdAt: number };
  record.createdAt -= 3_600_000;
  await redis.set(key, JSON.stringify(record), 'KEEPTTL');
}
