import {
  keyOf,
  newSessionHandle,
  newSessionId,
  type SessionKey,
} from '../../../src/session/session-id.js';
import type { SessionLifetime } from '../../../src/session/session-lifetime.js';
import type { SessionRecord } from '../../../src/session/session-record.js';
import type { SessionStore, StoredSession } from '../../../src/session/stores/session-store.js';

/** A store, and how other processes open the same one. */
export interface StoreUnderTest<Settings = unknown> {
  /** The path or URL of a module that exports `openStore(settings, lifetime)`; by default the library's own. */
  readonly module?: string;
  /** What `openStore` takes; it must survive JSON. */
  readonly settings: Settings;
  /** How many things the store holds for sessions: keys, rows, files; what was there before counts as well. */
  readonly leftovers: (store: SessionStore) => Promise<number>;
  /** Puts a text in place of the one that is stored for a session; none when the store keeps no texts. */
  readonly overwrite?: (key: SessionKey, text: string) => Promise<unknown>;
  /** How much later than asked a session may end, in milliseconds: the tick of the store's clock. */
  readonly precisionMs?: number;
}

export type OpenStore = (settings: unknown, lifetime: SessionLifetime) => Promise<SessionStore>;

const LIBRARY = new URL('../../../src/session/stores/open-store.ts', import.meta.url).href;

/** Opens a store under test, in whichever process. */
export async function open(
  { module = LIBRARY, settings }: Pick<StoreUnderTest, 'module' | 'settings'>,
  lifetime: SessionLifetime,
): Promise<SessionStore> {
  const { openStore } = (await import(module)) as { openStore: OpenStore };
  return openStore(settings, lifetime);
}

/** Clocks that run out in no test. */
export const LONG: SessionLifetime = {
  idleMs: 86_400_000,
  guestIdleMs: 3_600_000,
  absoluteMs: 30 * 86_400_000,
};

export function someKey(): SessionKey {
  return keyOf(newSessionId());
}

export function aRecord(fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    data: { n: 1, text: 'ä€😀"\\\n' },
    handle: newSessionHandle(),
    owner: 'ada',
    createdAt: Date.now(),
    expiresAt: Date.now() + LONG.absoluteMs,
    client: { device: 'a browser', address: '192.0.2.7' },
    ...fields,
  };
}

export interface CreatedSession extends StoredSession {
  readonly key: SessionKey;
}

/** Stores a new session. */
export async function create(
  store: SessionStore,
  fields: Partial<SessionRecord> = {},
): Promise<CreatedSession> {
  const key = someKey();
  const record = aRecord(fields);
  const version = await store.create(key, record);
  if (version === null) throw new Error('not created');
  return { key, record, version };
}
