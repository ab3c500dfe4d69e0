import { once } from 'node:events';

import type { Redis, Result } from 'ioredis';

import { SessionRecordCorrupt, SessionStoreUnavailable } from '../session.errors.js';
import type { SessionKey } from '../session-id.js';
import { idleMsOf, msToLive, type SessionLifetime } from '../session-lifetime.js';
import { checkRecord, parseJson, type SessionRecord } from '../session-record.js';
import { connectToRedis, type RedisSettings } from './redis.connection.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';

/**
 * Sessions in Redis 6.2 or newer, or Valkey.
 *
 * - `session:KEY` is a string: the record as JSON that begins with its version, `{"version":7,…}`.
 *   Its TTL is the idle clock.
 * - `session-owner:OWNER` is a sorted set of the user's keys, scored by absolute deadline. It may name
 *   sessions that are gone, and never lacks one that is there: it is written before them.
 *
 * No command takes two keys, so both kinds may live on different nodes of a cluster.
 */
export class RedisStore implements SessionStore {
  readonly #redis: Redis;
  readonly #lifetime: SessionLifetime;
  readonly #timeoutMs: number;

  constructor(settings: RedisSettings, lifetime: SessionLifetime) {
    this.#redis = connectToRedis(settings);
    this.#lifetime = lifetime;
    this.#timeoutMs = settings.timeoutMs;
    this.#redis.defineCommand('replaceSession', { numberOfKeys: 1, lua: REPLACE });
    this.#redis.defineCommand('deleteSession', { numberOfKeys: 1, lua: DELETE });
    this.#redis.defineCommand('indexSession', { numberOfKeys: 1, lua: INDEX });
  }

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    const ttl = msToLive(record, this.#lifetime);
    return this.#answer(async () => {
      if (record.owner !== null) {
        await this.#redis.indexSession(indexName(record.owner), Date.now(), record.expiresAt, key);
      }
      const created = await this.#redis.set(name(key), encode(1, record), 'PX', ttl, 'NX');
      return created === null ? null : '1';
    });
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    return this.#answer(async () => {
      const text = await this.#redis.getex(name(key), 'PX', this.#lifetime.idleMs);
      if (text === null) return null;
      const stored = decode(text);
      const ttl = msToLive(stored.record, this.#lifetime);
      if (ttl <= 0) {
        await this.delete(key);
        return null;
      }
      // GETEX can't know that a session is a guest's or close to its deadline.
      if (ttl < this.#lifetime.idleMs) await this.#redis.pexpire(name(key), ttl);
      return stored;
    });
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    const next = Number(version) + 1;
    const ttl = msToLive(record, this.#lifetime);
    if (ttl <= 0) return null;
    return this.#answer(async () => {
      const replaced = await this.#redis.replaceSession(
        name(key),
        prefixOf(version),
        encode(next, record),
        ttl,
      );
      return replaced === 1 ? String(next) : null;
    });
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    return this.#answer(async () => {
      const text = await this.#redis.deleteSession(name(key), version ? prefixOf(version) : '');
      if (text === null) return false;
      await this.#forget(key, text);
      return true;
    });
  }

  async list(owner: string): Promise<ListedSession[]> {
    return this.#answer(async () => {
      const keys = (await this.#redis.zrange(indexName(owner), '0', '-1')) as SessionKey[];
      const found = await Promise.all(keys.map((key) => this.#look(key)));
      const gone = keys.filter((_, i) => !found[i]);
      if (gone.length > 0) await this.#redis.zrem(indexName(owner), ...gone);
      return found.filter((session) => session !== null);
    });
  }

  /** Resolves when Redis answers; while the first connection is being made it waits for that. */
  async ping(): Promise<void> {
    await this.#answer(async () => {
      if (this.#redis.status !== 'ready') {
        await once(this.#redis, 'ready', { signal: AbortSignal.timeout(this.#timeoutMs) });
      }
      await this.#redis.ping();
    });
  }

  async close(): Promise<void> {
    if (this.#redis.status === 'ready') await this.#redis.quit().catch(() => undefined);
    this.#redis.disconnect();
  }

  /** A session without touching its clock; null when it is gone or no record. */
  async #look(key: SessionKey): Promise<ListedSession | null> {
    const [text, ttl] = await Promise.all([
      this.#redis.get(name(key)),
      this.#redis.pttl(name(key)),
    ]);
    if (text === null) return null;
    const { record } = decode(text);
    if (msToLive(record, this.#lifetime) <= 0) return null;
    return { key, record, lastSeenAt: Date.now() - (idleMsOf(record, this.#lifetime) - ttl) };
  }

  /** Takes a deleted session out of its owner's list; one that can't be read is in nobody's. */
  async #forget(key: SessionKey, text: string): Promise<void> {
    let owner: string | null;
    try {
      ({ owner } = decode(text).record);
    } catch (error) {
      if (error instanceof SessionRecordCorrupt) return;
      throw error;
    }
    if (owner !== null) await this.#redis.zrem(indexName(owner), key);
  }

  /** Whatever Redis or the connection refuses means that the store can't answer; but a wrong type is a corrupt record. */
  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      if (cause instanceof SessionRecordCorrupt || cause instanceof SessionStoreUnavailable) {
        throw cause;
      }
      const message = cause instanceof Error ? cause.message : String(cause);
      if (message.startsWith('WRONGTYPE')) throw new SessionRecordCorrupt(message, { cause });
      throw new SessionStoreUnavailable(`Redis: ${message}`, { cause });
    }
  }
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    replaceSession(
      key: string,
      prefix: string,
      text: string,
      ttlMs: number,
    ): Result<number, Context>;
    deleteSession(key: string, prefix: string): Result<string | null, Context>;
    indexSession(
      key: string,
      now: number,
      expiresAt: number,
      member: string,
    ): Result<number, Context>;
  }
}

/** Compare-and-swap. Keys: session; arguments: what the stored text must begin with, the new text, TTL in ms. */
const REPLACE = `
local stored = redis.call('GET', KEYS[1])
if not stored or string.sub(stored, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** Deletes what begins with the argument (anything begins with '') and returns it. */
const DELETE = `
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then
  return redis.call('DEL', KEYS[1]) == 1 and '' or false
end
local stored = redis.call('GET', KEYS[1])
if string.sub(stored, 1, #ARGV[1]) ~= ARGV[1] then return false end
redis.call('DEL', KEYS[1])
return stored`;

/** Adds a key to an owner's index, which lives as long as its longest session. Arguments: now, deadline, key. */
const INDEX = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
return redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2])))`;

function name(key: SessionKey): string {
  return `session:${key}`;
}

function indexName(owner: string): string {
  return `session-owner:${owner}`;
}

function encode(version: number, record: SessionRecord): string {
  return JSON.stringify({ version, ...record });
}

function prefixOf(version: Version): string {
  return `{"version":${version},`;
}

function decode(text: string): StoredSession {
  const { version, ...fields } = Object(parseJson(text)) as Record<string, unknown>;
  if (!Number.isSafeInteger(version)) throw new SessionRecordCorrupt('it has no version');
  return { record: checkRecord(fields), version: String(version) };
}
