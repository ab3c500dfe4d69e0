import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';
import type { SessionKey } from '../../../src/session/session-id.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { POOL_SIZE, SqlScene, type SqlStoreUnderTest } from './sql-store-under-test.js';
import { aRecord, create, type CreatedSession, someKey } from './store-under-test.js';
import { until } from './until.js';

/** How a store in an SQL database makes its table, and takes what is in it. */
export function describeSqlStoreTable(name: string, start: () => Promise<SqlStoreUnderTest>): void {
  describe(`${name} and its table`, () => {
    let under: SqlStoreUnderTest;
    let scene: SqlScene;
    beforeAll(async () => {
      under = await start();
    });
    afterAll(async () => under.server.stop());
    beforeEach(async () => {
      // They are about what a server answers, not about when.
      scene = await SqlScene.on(under, { timeoutMs: 10_000 });
    });
    afterEach(async () => scene.close());

    test('eight stores that open at once on an empty database make one table', async () => {
      const eight = Array.from({ length: 8 }, () => scene.open());
      await Promise.all(eight.map(async (one) => create(one)));
      expect(await scene.count(under.countTables)).toBe(1);
      expect(await scene.count(under.countIndexes)).toBe(3);
      expect(await scene.countRows()).toBe(8);
    });

    test('a table that was dropped is named, and not made again under an app that runs', async () => {
      const { key, version, record } = await create(scene.store);
      await scene.value('DROP TABLE sessions');
      for (const ask of [
        async () => scene.store.read(key),
        async () => scene.store.create(someKey(), record),
        async () => scene.store.replace(key, version, record),
        async () => scene.store.ping(),
      ]) {
        await expect(ask()).rejects.toThrow(SessionStoreUnavailable);
        await expect(ask()).rejects.toThrow(/sessions/);
      }
      expect(await scene.count(under.countTables)).toBe(0);
      await create(scene.open());
      expect(await scene.countRows()).toBe(1);
    });

    test('owners and keys are others as soon as a byte is', async () => {
      const owners = ['alice', 'ALICE', 'àlice', 'alice ', ' alice', 'alice\0', ''];
      for (const owner of owners) await create(scene.store, { owner });
      for (const owner of owners) {
        const listed = await scene.store.list(owner);
        expect(listed.map(({ record }) => record.owner)).toEqual([owner]);
      }
      const key = someKey();
      await scene.store.create(key, aRecord());
      expect(await scene.store.read(otherCase(key))).toBeNull();
      expect(await scene.store.create(otherCase(key), aRecord())).not.toBeNull();
    });

    test('an operation on one session waits for no other, not for the only one alive either', async () => {
      await inTurns(100, async () => createExpired(scene.store));
      const release = await scene.hold(inHand([await create(scene.store)]));
      const key = someKey();
      expect(await scene.store.read(key)).toBeNull();
      expect(await scene.store.replace(key, '1', aRecord())).toBeNull();
      expect(await scene.store.delete(key)).toBe(false);
      expect(await scene.store.delete(key, '1')).toBe(false);
      release();
    });

    test('several sweeps at once remove what has expired, in more passes than one, and nothing else', async () => {
      const live = await Promise.all(Array.from({ length: 10 }, async () => create(scene.store)));
      const dead = await createExpired(scene.store);
      await inTurns(2_200, async () => createExpired(scene.store));
      const release = await scene.hold(inHand([dead, ...live]));
      for (let i = 0; i < 4; i++) scene.open({ sweepEveryMs: 20 });
      await until(async () => (await scene.countRows()) === live.length + 1);
      release();
      await until(async () => (await scene.countRows()) === live.length);
      for (const { key } of live) expect(await scene.store.read(key)).not.toBeNull();
    });

    test('sweeps are in the way of nothing that happens meanwhile', async () => {
      const { key } = await create(scene.store);
      for (let i = 0; i < 6; i++) scene.open({ sweepEveryMs: 1 });
      const reader = scene.open();
      await Promise.all([
        inTurns(1_000, async () => createExpired(scene.store)),
        inTurns(2_000, async () => expect(await reader.read(key)).not.toBeNull()),
      ]);
      await until(async () => (await scene.countRows()) === 1);
    });

    test('a table has a plain name', () => {
      for (const table of ['', 'a b', 'a"b', 'a`b', "a'b", '1a', 'a.b', 'x'.repeat(49)]) {
        expect(() => scene.open({ table })).toThrow(/can't be called/);
      }
    });
  });
}

/** Statements after which only who said them can change these sessions. */
function inHand(sessions: readonly CreatedSession[]): string[] {
  const locks = sessions.map(
    ({ key }) => `SELECT version FROM sessions WHERE session_key = '${key}' FOR UPDATE`,
  );
  return ['BEGIN', ...locks];
}

async function createExpired(store: SessionStore): Promise<CreatedSession> {
  return create(store, { expiresAt: Date.now() - 1 });
}

async function inTurns(times: number, act: () => Promise<unknown>): Promise<void> {
  let left = times;
  const work = async (): Promise<void> => {
    while (left-- > 0) await act();
  };
  await Promise.all(Array.from({ length: POOL_SIZE }, work));
}

function otherCase(key: SessionKey): SessionKey {
  return key.replaceAll(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  ) as SessionKey;
}
