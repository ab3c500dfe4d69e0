import { open, type RootDatabase } from 'lmdb';

import type { SessionKey } from '../../src/session/session-id.js';
import { idleMsOf, msToLive, type SessionLifetime } from '../../src/session/session-lifetime.js';
import type { SessionRecord } from '../../src/session/session-record.js';
import { answerOf } from '../../src/session/stores/answer.js';
import type { SessionStore, Version } from '../../src/session/stores/session-store.js';
import { Sweep } from '../../src/session/stores/sweep.js';

type Entry = { record: SessionRecord; version: Version; diesAt: number };
type Settings = { path: string; timeoutMs: number; sweepEveryMs: number };

/** Sessions in a file of LMDB. Its transactions run one at a time, in whichever process. */
export class LmdbStore implements SessionStore {
  readonly #entries: RootDatabase<Entry, SessionKey>;
  readonly #sweep: Sweep;
  constructor(
    private readonly settings: Settings,
    private readonly lifetime: SessionLifetime,
  ) {
    this.#entries = open({ path: settings.path, encoding: 'json' });
    this.#sweep = new Sweep(settings.sweepEveryMs, async () => this.#do(() => this.#dropExpired()));
  }

  create = async (key: SessionKey, record: SessionRecord) =>
    this.#do(() => (this.#live(key) ? null : this.#put(key, record, '1')));

  read = async (key: SessionKey) =>
    this.#do(() => {
      const entry = this.#live(key);
      return (
        entry && { record: entry.record, version: this.#put(key, entry.record, entry.version) }
      );
    });

  replace = async (key: SessionKey, version: Version, record: SessionRecord) =>
    this.#do(() => this.#live(key, version) && this.#put(key, record, `${Number(version) + 1}`));

  delete = async (key: SessionKey, version?: Version) =>
    this.#do(() => this.#live(key, version) !== null && this.#entries.removeSync(key));

  list = async (owner: string) =>
    this.#do(() =>
      [...this.#entries.getRange()].flatMap(({ key, value: { record, diesAt } }) => {
        const lastSeenAt = diesAt - idleMsOf(record, this.lifetime);
        return record.owner === owner && this.#live(key) ? [{ key, record, lastSeenAt }] : [];
      }),
    );

  ping = async () => this.#do(() => undefined);
  close = async () => this.#sweep.stop().then(async () => this.#entries.close());

  #live(key: SessionKey, version?: Version): Entry | null {
    const entry = this.#entries.get(key);
    if (!entry || entry.diesAt <= Date.now()) return null;
    return version === undefined || version === entry.version ? entry : null;
  }

  #put(key: SessionKey, record: SessionRecord, version: Version): Version {
    const diesAt = Date.now() + msToLive(record, this.lifetime);
    this.#entries.putSync(key, { record, version, diesAt });
    return version;
  }

  #dropExpired(): boolean {
    for (const key of this.#entries.getKeys()) if (!this.#live(key)) this.#entries.removeSync(key);
    return false;
  }

  async #do<T>(action: () => T): Promise<T> {
    return answerOf('LMDB', this.settings.timeoutMs, async () => this.#entries.transaction(action));
  }
}

export const openStore = async (s: Settings, l: SessionLifetime) => new LmdbStore(s, l);
