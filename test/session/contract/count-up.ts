import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';
import type { SessionKey } from '../../../src/session/session-id.js';
import type { SessionStore, StoredSession } from '../../../src/session/stores/session-store.js';
import { until } from './sql-store-under-test.js';
import { aRecord, create } from './store-under-test.js';

/** Counts in a session until it is over; resolves to how often. @throws Error when a change was lost or made twice */
export async function countUp(store: SessionStore, over: () => boolean): Promise<number> {
  const created = await create(store, { data: 0 });
  let { version }: { version: string } = created;
  let acknowledged = 0;
  while (!over()) {
    try {
      const next = await store.replace(
        created.key,
        version,
        aRecord({ data: acknowledged + 1, expiresAt: created.record.expiresAt }),
      );
      if (next === null) throw new Error('somebody else changed it');
      version = next;
      acknowledged++;
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      // It may be stored, or not, or be stored just now: then the next change fails on the version.
      const stored = await readAgain(store, created.key);
      const { data } = stored.record;
      if (data !== acknowledged && data !== acknowledged + 1) {
        throw new Error(
          `${acknowledged} changes were acknowledged, and ${String(data)} are stored`,
          {
            cause: error,
          },
        );
      }
      acknowledged = data;
      version = stored.version;
    }
  }
  const { data } = (await readAgain(store, created.key)).record;
  if (data !== acknowledged)
    throw new Error(`${acknowledged} acknowledged, ${String(data)} stored`);
  return acknowledged;
}

async function readAgain(store: SessionStore, key: SessionKey): Promise<StoredSession> {
  const read: (StoredSession | null)[] = [];
  await until(async () => read.push(await store.read(key)) > 0);
  const [stored] = read;
  if (!stored) throw new Error('the session is gone');
  return stored;
}
