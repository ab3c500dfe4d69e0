import { setTimeout as pause } from 'node:timers/promises';

import { newSessionId } from '../../../src/session/session-id.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { create, LONG, open, type StoreUnderTest } from './store-under-test.js';

/** When sessions end by themselves. */
export function clocks(under: () => StoreUnderTest): void {
  let store: SessionStore;
  let idleMs: number;
  let guestIdleMs: number;
  /** After a clock has run out: until the session is certainly gone. */
  let slackMs: number;
  beforeAll(async () => {
    const { precisionMs = 0 } = under();
    // Short enough to see sessions expire, long enough for a slow machine to see them live.
    guestIdleMs = Math.max(700, 2 * precisionMs);
    idleMs = 2 * guestIdleMs;
    slackMs = precisionMs + 250;
    store = await open(under(), { idleMs, guestIdleMs, absoluteMs: LONG.absoluteMs });
    await store.ping();
  });
  afterAll(async () => store.close());

  together('a session that nobody reads ends with its idle clock', async () => {
    const { key, version, record } = await create(store);
    await pause(idleMs + slackMs);
    expect(await store.replace(key, version, record)).toBeNull();
    expect(await store.delete(key)).toBe(false);
    expect(await store.read(key)).toBeNull();
  });

  together('a read restarts the idle clock', async () => {
    const { key } = await create(store);
    for (let i = 0; i < 4; i++) {
      await pause(idleMs / 2);
      expect(await store.read(key)).not.toBeNull();
    }
  });

  together('a replace restarts the idle clock', async () => {
    const { key, record, ...created } = await create(store);
    let version: string | null = created.version;
    for (let i = 0; i < 4; i++) {
      await pause(idleMs / 2);
      version = await store.replace(key, version ?? '', record);
      expect(version).not.toBeNull();
    }
  });

  together('a guest has the shorter clock, also after a read', async () => {
    const { key } = await create(store, { owner: null });
    await pause(guestIdleMs / 2);
    expect(await store.read(key)).not.toBeNull();
    await pause(guestIdleMs + slackMs);
    expect(await store.read(key)).toBeNull();
  });

  together('no read moves the absolute deadline', async () => {
    const { key } = await create(store, { expiresAt: Date.now() + 900 });
    await pause(500);
    expect(await store.read(key)).not.toBeNull();
    await pause(600);
    expect(await store.read(key)).toBeNull();
  });

  together('the list tells when a session was last used, and uses none', async () => {
    const owner = `user-${newSessionId()}`;
    const used = await create(store, { owner });
    const unused = await create(store, { owner });
    const start = Date.now();
    await pause(idleMs / 2);
    await store.read(used.key);
    const listed = new Map((await store.list(owner)).map((s) => [s.key, s.lastSeenAt]));
    const tolerance = 400 + (under().precisionMs ?? 0);
    expect(Math.abs(Date.now() - listed.get(used.key)!)).toBeLessThan(tolerance);
    expect(Math.abs(start - listed.get(unused.key)!)).toBeLessThan(tolerance);

    await pause(idleMs / 2 + slackMs);
    expect((await store.list(owner)).map(({ key }) => key)).toEqual([used.key]);
    await pause(idleMs + slackMs);
    expect(await store.list(owner)).toEqual([]);
  });
}

/** A test that runs while the others of its kind do: they wait most of the time. */
function together(name: string, run: () => Promise<void>): void {
  let outcome: Promise<void>;
  beforeAll(() => {
    outcome = run();
    // It is the test that tells of it.
    outcome.catch(() => undefined);
  });
  test(name, async () => outcome);
}
