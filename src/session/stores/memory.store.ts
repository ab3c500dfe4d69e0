import type { SessionKey } from '../session-id.js';
import { idleMsOf, msToLive, type SessionLifetime } from '../session-lifetime.js';
import type { SessionRecord } from '../session-record.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';
import { Sweep } from './sweep.js';

export interface MemorySettings {
  /** How often what has expired is removed, in milliseconds. */
  readonly sweepEveryMs: number;
}

interface Entry {
  readonly version: number;
  readonly record: SessionRecord;
  /** Milliseconds since 1970. */
  readonly diesAt: number;
}

/** Sessions in the memory of this process, for a single worker on a developer's machine: they end with it. */
export class MemoryStore implements SessionStore {
  readonly #entries = new Map<SessionKey, Entry>();
  readonly #lifetime: SessionLifetime;
  readonly #sweep: Sweep;

  constructor({ sweepEveryMs }: MemorySettings, lifetime: SessionLifetime) {
    this.#lifetime = lifetime;
    this.#sweep = new Sweep(sweepEveryMs, async () => this.#dropExpired());
  }

  /** How many sessions it holds, expired ones that wait for the sweep among them. */
  get size(): number {
    return this.#entries.size;
  }

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    return this.#live(key) ? null : this.#put(key, 1, record);
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    const entry = this.#live(key);
    if (!entry) return null;
    const version = this.#put(key, entry.version, entry.record);
    return { record: entry.record, version };
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    const entry = this.#live(key);
    return entry && String(entry.version) === version
      ? this.#put(key, entry.version + 1, record)
      : null;
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    const entry = this.#live(key);
    if (!entry || (version !== undefined && String(entry.version) !== version)) return false;
    return this.#entries.delete(key);
  }

  async list(owner: string): Promise<ListedSession[]> {
    const listed: ListedSession[] = [];
    for (const [key, { record, diesAt }] of this.#entries) {
      if (record.owner !== owner || diesAt <= Date.now()) continue;
      listed.push({ key, record, lastSeenAt: diesAt - idleMsOf(record, this.#lifetime) });
    }
    return listed;
  }

  /** What has expired counts until it is removed. */
  async count(): Promise<number> {
    return this.#entries.size;
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    await this.#sweep.stop();
    this.#entries.clear();
  }

  #live(key: SessionKey): Entry | null {
    const entry = this.#entries.get(key);
    return entry && entry.diesAt > Date.now() ? entry : null;
  }

  #put(key: SessionKey, version: number, record: SessionRecord): Version {
    const copy = structuredClone(record);
    this.#entries.set(key, {
      version,
      record: copy,
      diesAt: Date.now() + msToLive(copy, this.#lifetime),
    });
    return String(version);
  }

  #dropExpired(): boolean {
    for (const [key, entry] of this.#entries) {
      if (entry.diesAt <= Date.now()) this.#entries.delete(key);
    }
    return false;
  }
}
