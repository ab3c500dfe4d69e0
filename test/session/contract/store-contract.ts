import { setTimeout as pause } from 'node:timers/promises';

import { soak } from '../../soak.js';
import { badRecords } from './bad-records.js';
import { clocks } from './clocks.js';
import { oneSession } from './one-session.js';
import { severalProcesses } from './several-processes.js';
import { create, open, type StoreUnderTest } from './store-under-test.js';
import { usersList } from './users-list.js';

/**
 * What every session store keeps to, proved on a real one. `start` may start a server; what it returns describes the
 * store on it. `shared`: whether other processes see the same sessions. `texts`: whether it keeps texts, which can go
 * bad. A team that writes a store of its own runs this on it: see docs/stores.md.
 */
export function describeStoreContract(
  name: string,
  start: () => Promise<StoreUnderTest>,
  { shared = true, texts = true } = {},
): void {
  describe(`${name} keeps the contract of a session store`, () => {
    let under: StoreUnderTest;
    beforeAll(async () => {
      under = await start();
    });

    describe('one session', () => oneSession(() => under));
    describe("a user's list", () => usersList(() => under));
    describe('the clocks', () => clocks(() => under));
    if (texts) describe('bad records', () => badRecords(() => under));
    if (shared) describe('several processes', () => severalProcesses(() => under));
    test(`${EXPIRING} sessions that expire leave nothing behind`, async () => {
      await leavesNothing(under);
    });
  });
}

const EXPIRING = soak(1_000, 100_000);

async function leavesNothing({ leftovers, ...under }: StoreUnderTest): Promise<void> {
  const lifetime = { idleMs: 1_000, guestIdleMs: 1_000, absoluteMs: 2_000 };
  const store = await open(under, lifetime);
  await store.ping();
  const before = await leftovers(store);
  let left = EXPIRING;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const owner = `user-${left % 50}`;
      await create(store, { owner, expiresAt: Date.now() + lifetime.absoluteMs });
    }
  };
  await Promise.all(Array.from({ length: 50 }, work));
  expect(await leftovers(store)).toBeGreaterThan(before);
  // Counting takes its time, too, of which the sweep should have most.
  while ((await leftovers(store)) > before) await pause(soak(100, 5_000));
  await store.close();
}
