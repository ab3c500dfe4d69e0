import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { SessionKey } from '../session-id.js';
import { idleMsOf, type SessionLifetime } from '../session-lifetime.js';
import {
  decodeRecord,
  encodeRecord,
  type SessionRecord,
  unlessCorrupt,
} from '../session-record.js';
import { answerOf } from './answer.js';
import { type Content, SessionFolder } from './file.folder.js';
import { FileOwners } from './file.owners.js';
import { hexOf, makeFolder, orGone, textOf } from './file.system.js';
import { readIndexed } from './indexed-list.js';
import type { ListedSession, SessionStore, StoredSession, Version } from './session-store.js';
import { Sweep } from './sweep.js';

export interface FileSettings {
  /** Where the files are: made if it is not there. On a disk of this machine, not of a network. */
  readonly folder: string;
  /** The longest that an answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How often what has expired is removed, in milliseconds. */
  readonly sweepEveryMs: number;
}

/**
 * Sessions in files, for all workers of one machine; what is acknowledged is on the disk.
 *
 * - `sessions/SHARD/KEY` is the folder of a session: see SessionFolder.
 * - `owners/OWNER/KEY` is an empty file for each session of a user.
 *
 * Names are hexadecimal: nothing in a key can lead to another file, on a file system that ignores case neither.
 */
export class FileStore implements SessionStore {
  readonly #settings: FileSettings;
  readonly #lifetime: SessionLifetime;
  readonly #owners: FileOwners;
  readonly #sweep: Sweep;
  #shardsToSweep: string[] = [];

  constructor(settings: FileSettings, lifetime: SessionLifetime) {
    this.#settings = settings;
    this.#lifetime = lifetime;
    this.#owners = new FileOwners(join(settings.folder, 'owners'));
    this.#sweep = new Sweep(settings.sweepEveryMs, async () => this.#sweepShard());
  }

  async create(key: SessionKey, record: SessionRecord): Promise<Version | null> {
    return this.#answer(async () => {
      if (record.owner !== null) await this.#owners.add(record.owner, key);
      return this.#folderOf(key).create(encodeRecord(record));
    });
  }

  async read(key: SessionKey): Promise<StoredSession | null> {
    return this.#answer(async () => {
      const folder = this.#folderOf(key);
      const content = await folder.read();
      if (!content) return null;
      const record = decodeRecord(content.text);
      if (this.#isOver(record, content)) return null;
      await folder.touch(content.version);
      return { record, version: content.version };
    });
  }

  async replace(key: SessionKey, version: Version, record: SessionRecord): Promise<Version | null> {
    return this.#answer(async () => {
      const folder = this.#folderOf(key);
      const content = await folder.read();
      if (content?.version !== version || this.#isOver(record, content)) return null;
      return folder.replace(version, encodeRecord(record));
    });
  }

  async delete(key: SessionKey, version?: Version): Promise<boolean> {
    return this.#answer(async () => {
      for (;;) {
        const content = await this.#folderOf(key).read();
        if (!content || (version !== undefined && version !== content.version)) return false;
        const record = unlessCorrupt(() => decodeRecord(content.text));
        if (await this.#end(key, content, record)) return !record || !this.#isOver(record, content);
      }
    });
  }

  async list(owner: string): Promise<ListedSession[]> {
    return this.#answer(async () => {
      const { found } = await readIndexed(
        async () => this.#owners.keysOf(owner),
        async (key) => this.#look(owner, key),
      );
      return found;
    });
  }

  /** What has expired counts until it is removed. */
  async count(): Promise<number> {
    const shards = (await orGone(readdir(this.#sessions))) ?? [];
    let counted = 0;
    for (const shard of shards) {
      const names = await this.#answer(async () => orGone(readdir(join(this.#sessions, shard))));
      counted += names?.length ?? 0;
    }
    return counted;
  }

  async ping(): Promise<void> {
    await this.#answer(async () => makeFolder(this.#sessions));
  }

  async close(): Promise<void> {
    await this.#sweep.stop();
  }

  async #look(owner: string, key: SessionKey): Promise<ListedSession | null> {
    const content = await this.#folderOf(key).read();
    const record = content && unlessCorrupt(() => decodeRecord(content.text));
    if (!record || this.#isOver(record, content)) {
      await this.#owners.forget(owner, key);
      return null;
    }
    return { key, record, lastSeenAt: content.touchedAt };
  }

  async #end(
    key: SessionKey,
    { version }: Content,
    record: SessionRecord | null,
  ): Promise<boolean> {
    const ended = await this.#folderOf(key).end(version);
    if (ended && record && record.owner !== null) await this.#owners.remove(record.owner, key);
    return ended;
  }

  /** One shard a pass. */
  async #sweepShard(): Promise<boolean> {
    if (this.#shardsToSweep.length === 0) {
      this.#shardsToSweep = (await orGone(readdir(this.#sessions))) ?? [];
    }
    const shard = this.#shardsToSweep.pop();
    if (shard === undefined) return false;
    const names = (await orGone(readdir(join(this.#sessions, shard)))) ?? [];
    for (const name of names) await this.#endIfOver(textOf(name) as SessionKey);
    return this.#shardsToSweep.length > 0;
  }

  async #endIfOver(key: SessionKey): Promise<void> {
    const folder = this.#folderOf(key);
    const content = await folder.read();
    const record = content && unlessCorrupt(() => decodeRecord(content.text));
    if (record && this.#isOver(record, content)) await this.#end(key, content, record);
    else if (!content && (await folder.isAbandoned())) await folder.remove();
  }

  #isOver(record: SessionRecord, { touchedAt }: Content): boolean {
    const diesAt = Math.min(touchedAt + idleMsOf(record, this.#lifetime), record.expiresAt);
    return diesAt <= Date.now();
  }

  #folderOf(key: SessionKey): SessionFolder {
    const name = hexOf(key);
    return new SessionFolder(join(this.#sessions, name.slice(0, 2), name));
  }

  get #sessions(): string {
    return join(this.#settings.folder, 'sessions');
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    return answerOf('the session files', this.#settings.timeoutMs, ask);
  }
}
