import { Cluster, type Redis } from 'ioredis';

import { SessionRecordCorrupt } from '../session.errors.js';
import type { SessionKey } from '../session-id.js';
import { idleMsOf, msToLive, type SessionLifetime } from '../session-lifetime.js';
import { type SessionRecord, unlessCorrupt } from '../session-record.js';
import { answerOf } from './answer.js';
import { readIndexed } from './indexed-list.js';
import {
  connectToRedis,
  disconnect,
  ready,
  type RedisClient,
  type RedisSettings,
} from './redis.connection.js';
import { warnOfEviction } from './redis.eviction.js';
import { RedisOwners } from './redis.owners.js';
import { decode, encode, prefixOf } from './redis.record.js';
import { DELETE, REPLACE } from './redis.scripts.js';
import { RedisWriter } from './redis.writer.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';

/** How many keys Redis looks at in one step: a millisecond or less, in which it does nothing else. */
const SCANNED_AT_ONCE = 1_000;

/** The version of no session. */
const NO_VERSION = 'none';

/**
 * Sessions in Redis 6.2 or newer, or Valkey: a single one, one with replicas and Sentinel, or a cluster.
 *
 * - `PREFIXsession:KEY` is a string: the record as JSON that begins with its version, `{"version":7,…}`.
 *   Its TTL is the idle clock.
 * - `PREFIXsession-owner:OWNER` is the list of a user's keys: see RedisOwners.
 *
 * No command takes two keys, so both kinds may live on different nodes of a cluster.
 */
export class RedisStore implements SessionStore {
  readonly #client: RedisClient;
  readonly #writer: RedisWriter | null = null;
  readonly #connections: RedisClient[];
  readonly #owners: RedisOwners;
  readonly #settings: RedisSettings;
  readonly #lifetime: SessionLifetime;

  constructor(settings: RedisSettings, lifetime: SessionLifetime) {
    this.#settings = settings;
    this.#lifetime = lifetime;
    this.#client = connectToRedis(settings);
    this.#connections = [this.#client];
    this.#client.once('ready', () => void warnOfEviction(this.#client));
    const { replicasToWaitFor = 0, timeoutMs } = settings;
    if (replicasToWaitFor > 0) {
      const connection = connectToRedis(settings);
      this.#connections.push(connection);
      this.#writer = new RedisWriter(connection, replicasToWaitFor, timeoutMs);
    }
    const change = this.#change.bind(this);
    this.#owners = new RedisOwners(this.#client, change, settings.keyPrefix ?? '', lifetime);
  }

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    const { owner, expiresAt } = record;
    const ttl = msToLive(record, this.#lifetime);
    return this.#answer(async () => {
      if (owner !== null) await this.#owners.add(owner, key, expiresAt);
      const name = this.#name(key);
      const created = await this.#change('set', name, encode(1, record), 'PX', ttl, 'NX');
      return created === null ? null : '1';
    });
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    return this.#answer(async () => {
      const [text, touched] = await this.#readAndTouch(key);
      if (text === null) return null;
      const stored = decode(text);
      const ttl = msToLive(stored.record, this.#lifetime);
      if (ttl <= 0) {
        await this.delete(key);
        return null;
      }
      // GETEX can't know that a session is a guest's or close to its deadline.
      if (touched && ttl < this.#lifetime.idleMs) await this.#client.pexpire(this.#name(key), ttl);
      return stored;
    });
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    const next = Number(version) + 1;
    const ttl = msToLive(record, this.#lifetime);
    if (ttl <= 0) return null;
    const text = encode(next, record);
    return this.#answer(async () => {
      const name = this.#name(key);
      const replaced = await this.#change('eval', REPLACE, 1, name, prefixOf(version), text, ttl);
      return replaced === 1 ? String(next) : null;
    });
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    return this.#answer(async () => {
      const prefix = version === undefined ? '' : prefixOf(version);
      const confirm = this.#writer ? '1' : '0';
      const text = await this.#change('eval', DELETE, 1, this.#name(key), prefix, confirm);
      if (typeof text !== 'string') return false;
      const owner = unlessCorrupt(() => decode(text))?.record.owner ?? null;
      // One that can't be read is in nobody's list.
      if (owner !== null) await this.#owners.remove(owner, key);
      return true;
    });
  }

  async list(owner: string): Promise<ListedSession[]> {
    return this.#answer(async () => {
      const { found, gone } = await readIndexed(
        async () => this.#owners.keysOf(owner),
        async (key) => this.#look(key),
      );
      // One that was ended without the replicas' word stays in the list until they have given it.
      if (this.#writer) await Promise.all(gone.map(async (key) => this.delete(key, NO_VERSION)));
      await this.#owners.forget(owner, gone);
      return found;
    });
  }

  async count(): Promise<number> {
    const client = this.#client;
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    const counts = await Promise.all(nodes.map(async (node) => this.#countOn(node)));
    return counts.reduce((sum, each) => sum + each, 0);
  }

  /** Resolves when Redis answers; while the first connection is being made it waits for that. */
  async ping(): Promise<void> {
    const { timeoutMs } = this.#settings;
    await Promise.all(this.#connections.map(async (connection) => ready(connection, timeoutMs)));
    await this.#answer(async () => this.#client.ping());
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map(disconnect));
  }

  /** While Redis takes no changes (its disk is full, its replicas are away) the clock stands, but everybody can read. */
  async #readAndTouch(key: SessionKey): Promise<[text: string | null, touched: boolean]> {
    const name = this.#name(key);
    try {
      return [await this.#client.getex(name, 'PX', this.#lifetime.idleMs), true];
    } catch (error) {
      if (!(error instanceof Error && /^(MISCONF|NOREPLICAS)/.test(error.message))) throw error;
      return [await this.#client.get(name), false];
    }
  }

  /** Sends a command that changes something. */
  async #change(name: string, ...args: (string | number)[]): Promise<unknown> {
    return this.#writer ? this.#writer.send([name, ...args]) : this.#client.call(name, ...args);
  }

  /** Each step has its own timeout: there is no telling how many it takes. */
  async #countOn(node: Redis): Promise<number> {
    const pattern = `${this.#name('' as SessionKey).replaceAll(/[*?[\]\\]/g, '\\$&')}*`;
    let [cursor, keys]: [string, string[]] = ['0', []];
    let counted = 0;
    do {
      [cursor, keys] = await this.#answer(async () =>
        node.scan(cursor, 'MATCH', pattern, 'COUNT', SCANNED_AT_ONCE),
      );
      counted += keys.length;
    } while (cursor !== '0');
    return counted;
  }

  /** A session without touching its clock; null when it is gone or no record. */
  async #look(key: SessionKey): Promise<ListedSession | null> {
    const name = this.#name(key);
    const [text, ttl] = await Promise.all([this.#text(name), this.#client.pttl(name)]);
    if (text === null) return null;
    const record = unlessCorrupt(() => decode(text))?.record;
    if (!record || msToLive(record, this.#lifetime) <= 0) return null;
    return { key, record, lastSeenAt: Date.now() - (idleMsOf(record, this.#lifetime) - ttl) };
  }

  async #text(name: string): Promise<string | null> {
    try {
      return await this.#client.get(name);
    } catch (error) {
      if (isOfAnotherType(error)) return null;
      throw error;
    }
  }

  #name(key: SessionKey): string {
    return `${this.#settings.keyPrefix ?? ''}session:${key}`;
  }

  /** A key of another type than the store's own is a corrupt record. */
  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    return answerOf('Redis', this.#settings.timeoutMs, async () => {
      try {
        return await ask();
      } catch (error) {
        if (!isOfAnotherType(error)) throw error;
        throw new SessionRecordCorrupt(error.message, { cause: error });
      }
    });
  }
}

function isOfAnotherType(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}
