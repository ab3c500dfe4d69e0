import type { SessionRecord } from '../../../src/session/session-record.js';
import { aRecord, create, someKey } from '../../session/contract/store-under-test.js';
import type { MeasuredStore } from './measured-store.js';

/** How often a store waits for its server, or for its disk, in what a request asks of it. */
export interface Waits {
  /** Reading the session of a user who is signed in. */
  readonly page: number;
  readonly guestPage: number;
  readonly change: number;
  readonly login: number;
  readonly logout: number;
}

export interface Costs {
  readonly waits: Waits;
  /** Bytes a session, its place in its user's list and all overhead included; null where this machine can't tell. */
  readonly bytes: number | null;
}

export async function measure(start: () => Promise<MeasuredStore>): Promise<Costs> {
  const measured = await start();
  try {
    await measured.store.ping();
    // The first time connections are made and statements prepared.
    await countWaits(measured);
    return { waits: await countWaits(measured), bytes: await bytesPerSession(measured) };
  } finally {
    await measured.stop();
  }
}

/** Eighths add up without a rounding error. */
const ROUNDS = 8;
const CREATED_AT_ONCE = 50;

/** An average: of a store that does not always wait as often it is no whole number. */
async function countWaits({ store, waits }: MeasuredStore): Promise<Waits> {
  const average = { page: 0, guestPage: 0, change: 0, login: 0, logout: 0 };
  const count = async <T>(operation: keyof Waits, ask: () => Promise<T>): Promise<T> => {
    const before = waits();
    const answer = await ask();
    average[operation] += (waits() - before) / ROUNDS;
    return answer;
  };
  for (let round = 0; round < ROUNDS; round++) {
    const [key, record] = [someKey(), someRecord(round)];
    const version = await count('login', async () => store.create(key, record));
    await count('page', async () => store.read(key));
    await count('change', async () => store.replace(key, version ?? '', record));
    await count('logout', async () => store.delete(key));

    const guest = await create(store, { ...record, owner: null });
    await count('guestPage', async () => store.read(guest.key));
  }
  return average;
}

async function bytesPerSession({ store, bytes, sessions }: MeasuredStore): Promise<number | null> {
  const before = await bytes();
  let left = sessions;
  const work = async (): Promise<void> => {
    while (left-- > 0) await create(store, someRecord(left));
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, work));
  const after = await bytes();
  return before === null || after === null ? null : (after - before) / sessions;
}

/** The session of a user, with some 200 bytes of the app's data: 0.6 kB as JSON. */
function someRecord(user: number): SessionRecord {
  return aRecord({
    data: { notes: Array.from({ length: 9 }, (_, i) => `a note, number ${user + i}`) },
    owner: `019a5b3c-7d1e-7f20-8a4b-${String(user).padStart(12, '0')}`,
    client: { device: 'Chrome on Linux', address: '192.0.2.7' },
  });
}
