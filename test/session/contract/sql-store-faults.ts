import { Load } from './load.js';
import {
  expectUnavailable,
  POOL_SIZE,
  SqlScene,
  type SqlStoreUnderTest,
} from './sql-store-under-test.js';
import { aRecord, create, someKey } from './store-under-test.js';
import { until } from './until.js';

/** How a store in an SQL database takes what may happen to the server. */
export function describeSqlStoreFaults(
  name: string,
  start: () => Promise<SqlStoreUnderTest>,
): void {
  describe(`${name} when the server does not answer`, () => {
    let under: SqlStoreUnderTest;
    let scene: SqlScene;
    beforeAll(async () => {
      under = await start();
    });
    afterAll(async () => under.server.stop());
    beforeEach(async () => {
      scene = await SqlScene.on(under);
    });
    afterEach(async () => scene.close());

    test('a server that is not there at first is used as soon as it is', async () => {
      await under.server.stop();
      await expectUnavailable(async () => scene.store.ping());
      await expectUnavailable(async () => scene.store.read(someKey()));
      await under.server.start();
      await until(async () => (await scene.store.read(someKey())) === null);
      await create(scene.store);
      expect(await scene.countRows()).toBe(1);
    });

    test('a frozen server is no server, and a thawed one is one again', async () => {
      const sessions = await Promise.all(
        Array.from({ length: 8 }, async () => create(scene.store)),
      );
      const sockets = countSockets();
      await under.server.freeze();
      for (let round = 0; round < 3; round++) {
        await Promise.all(
          sessions.flatMap(({ key, version, record }) => [
            expectUnavailable(async () => scene.store.read(key)),
            expectUnavailable(async () => scene.store.replace(key, version, record)),
          ]),
        );
        await expectUnavailable(async () => scene.store.ping());
        expect(countSockets()).toBeLessThanOrEqual(sockets + 2 * POOL_SIZE);
      }
      under.server.thaw();
      const thawed = Date.now();
      await until(async () => (await scene.store.read(sessions[0]!.key)) !== null);
      expect(Date.now() - thawed).toBeLessThan(1_000);
      // None gets the answer to what somebody else had asked before.
      const read = await Promise.all(sessions.map(async ({ key }) => scene.store.read(key)));
      expect(read.map((session) => session?.record)).toEqual(sessions.map(({ record }) => record));
      await until(async () => (await scene.count(under.countConnections)) <= POOL_SIZE + 1);
    });

    test('no acknowledged change is lost, and none made twice, when the server is killed again and again', async () => {
      const load = await Load.on(scene.store, 8);
      for (let kills = 0; kills < 3; kills++) {
        await load.goesOn();
        await under.server.kill();
        await under.server.start();
        const started = Date.now();
        await until(async () => (await scene.store.read(someKey())) === null);
        expect(Date.now() - started).toBeLessThan(1_000);
      }
      expect(await load.end()).toEqual({ lost: 0, madeTwice: 0 });
    });

    test('a locked row delays nobody but those who want it, and them not for long', async () => {
      const [wanted, other] = [await create(scene.store), await create(scene.store)];
      const release = await scene.hold([
        'BEGIN',
        `SELECT version FROM sessions WHERE session_key = '${wanted.key}' FOR UPDATE`,
      ]);
      const { key, version, record } = wanted;
      await Promise.all([
        expectUnavailable(async () => scene.store.read(key)),
        expectUnavailable(async () => scene.store.replace(key, version, record)),
        expectUnavailable(async () => scene.store.delete(key)),
        scene.store.read(other.key).then((session) => expect(session).not.toBeNull()),
      ]);
      // They are not waited for, so they must not happen later either.
      await until(async () => (await scene.count(under.countWaiting)) === 0);
      release();
      await until(async () => (await scene.store.read(key))?.version === version);
    });

    test('an operation that gets no connection in time is not carried out later', async () => {
      const locked = await Promise.all(
        Array.from({ length: POOL_SIZE }, async () => create(scene.store)),
      );
      const release = await scene.hold(['BEGIN', 'SELECT version FROM sessions FOR UPDATE']);
      const waiting = locked.map(async ({ key }) =>
        expectUnavailable(async () => scene.store.read(key)),
      );
      await expectUnavailable(async () => scene.store.create(someKey(), aRecord()));
      await Promise.all(waiting);
      release();
      await until(async () => (await scene.store.read(locked[0]!.key)) !== null);
      expect(await scene.countRows()).toBe(POOL_SIZE);
    });

    test('a locked table is a store that does not answer', async () => {
      const { key } = await create(scene.store);
      const release = await scene.hold(under.lockTable);
      await expectUnavailable(async () => scene.store.read(key));
      await expectUnavailable(async () => scene.store.list('ada'));
      await expectUnavailable(async () => scene.store.ping());
      release();
      await until(async () => (await scene.store.read(key)) !== null);
    });
  });
}

function countSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;
}
