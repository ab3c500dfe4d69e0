import type { SessionKey } from '../session-id.js';
import { idleMsOf, msToLive, type SessionLifetime } from '../session-lifetime.js';
import {
  decodeRecord,
  encodeRecord,
  type SessionRecord,
  unlessCorrupt,
} from '../session-record.js';
import { answerOf } from './answer.js';
import { readIndexed } from './indexed-list.js';
import { MemcachedConnection, secondsFor } from './memcached.connection.js';
import { countItems } from './memcached.count.js';
import { MemcachedOwners } from './memcached.owners.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';

export interface MemcachedSettings {
  /** memcached://host:port */
  readonly url: string;
  /** What all keys begin with: up to 100 characters without a space. */
  readonly keyPrefix?: string;
  /** The longest that an answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Sessions in memcached 1.6 or newer. Its clock ticks in whole seconds, so a session may live two seconds longer than
 * asked; and it forgets all of them when it is restarted, and the oldest when its memory is full.
 *
 * - `PREFIXsession:KEY` is the record as JSON; its cas token is the version.
 * - `PREFIXsession-owner:HASH` is the list of a user's keys.
 */
export class MemcachedStore implements SessionStore {
  readonly #connection: MemcachedConnection;
  readonly #owners: MemcachedOwners;
  readonly #settings: MemcachedSettings;
  readonly #lifetime: SessionLifetime;

  constructor(settings: MemcachedSettings, lifetime: SessionLifetime) {
    this.#settings = settings;
    this.#lifetime = lifetime;
    this.#connection = new MemcachedConnection(settings.url, settings.timeoutMs);
    this.#owners = new MemcachedOwners(this.#connection, settings.keyPrefix ?? '', lifetime);
  }

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    return this.#answer(async () => {
      if (record.owner !== null) await this.#owners.add(record.owner, key, record.expiresAt);
      return this.#store(key, record, 'ME');
    });
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    return this.#answer(async () => {
      const touch = `T${secondsFor(this.#lifetime.idleMs)}`;
      const { code, flags, value } = await this.#connection.ask(
        `mg ${this.#name(key)} v c ${touch}`,
      );
      if (code === 'EN') return null;
      const record = decodeRecord(value);
      const ttl = msToLive(record, this.#lifetime);
      if (ttl <= 0) {
        await this.delete(key);
        return null;
      }
      // It was not known before that the session is a guest's or close to its deadline.
      if (ttl < this.#lifetime.idleMs) {
        await this.#connection.ask(`mg ${this.#name(key)} T${secondsFor(ttl)}`);
      }
      return { record, version: flags['c'] ?? '' };
    });
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    if (msToLive(record, this.#lifetime) <= 0) return null;
    return this.#answer(async () => this.#store(key, record, `C${version}`));
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    return this.#answer(async () => {
      const { code, value } = await this.#connection.ask(`mg ${this.#name(key)} v`);
      if (code === 'EN') return false;
      const condition = version === undefined ? '' : ` C${version}`;
      const deleted = await this.#connection.ask(`md ${this.#name(key)}${condition}`);
      if (deleted.code !== 'HD') return false;
      const record = unlessCorrupt(() => decodeRecord(value));
      if (record && record.owner !== null) await this.#owners.remove(record.owner, key);
      return true;
    });
  }

  async list(owner: string): Promise<ListedSession[]> {
    return this.#answer(async () => {
      const { found, gone } = await readIndexed(
        async () => this.#owners.keysOf(owner),
        async (key) => this.#look(key),
      );
      if (gone.length > 0) await this.#owners.forget(owner, gone);
      return found;
    });
  }

  async count(): Promise<number> {
    const { url, timeoutMs } = this.#settings;
    return this.#answer(async () => countItems(url, this.#name('' as SessionKey), timeoutMs));
  }

  async ping(): Promise<void> {
    await this.#answer(async () => this.#connection.ask('mn'));
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** Stores a record under a condition; null when that does not hold. */
  async #store(key: SessionKey, record: SessionRecord, condition: string): Promise<Version | null> {
    const ttl = secondsFor(msToLive(record, this.#lifetime));
    const { code, flags } = await this.#connection.store(
      this.#name(key),
      encodeRecord(record),
      `${condition} T${ttl} c`,
    );
    return code === 'HD' ? (flags['c'] ?? null) : null;
  }

  /** A session without touching its clock; null when it is gone or no record. */
  async #look(key: SessionKey): Promise<ListedSession | null> {
    const { code, flags, value } = await this.#connection.ask(`mg ${this.#name(key)} v t`);
    if (code === 'EN') return null;
    const record = unlessCorrupt(() => decodeRecord(value));
    if (!record || msToLive(record, this.#lifetime) <= 0) return null;
    const idleMs = idleMsOf(record, this.#lifetime);
    const left = Number(flags['t']) - secondsFor(idleMs);
    return { key, record, lastSeenAt: Date.now() + Math.min(0, left) * 1_000 };
  }

  #name(key: SessionKey): string {
    return `${this.#settings.keyPrefix ?? ''}session:${key}`;
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    return answerOf('memcached', this.#settings.timeoutMs, ask);
  }
}
