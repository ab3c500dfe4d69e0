import { setTimeout as pause } from 'node:timers/promises';

import type { ServerProcess } from '../../../dev/server-process.js';
import {
  SessionRecordCorrupt,
  SessionStoreUnavailable,
} from '../../../src/session/session.errors.js';
import type { SessionKey } from '../../../src/session/session-id.js';
import type { SessionLifetime } from '../../../src/session/session-lifetime.js';
import type { SessionStore, StoredSession } from '../../../src/session/stores/session-store.js';
import type { SqlSettings } from '../../../src/session/stores/sql.settings.js';
import { aRecord, create, LONG, someKey } from './store-under-test.js';

/** A database server that says of each change that it is stored only when it is on the disk. */
export interface SqlServer extends ServerProcess {
  createDatabase(name: string): Promise<string>;
}

export interface SqlStoreUnderTest {
  readonly server: SqlServer;
  open(settings: SqlSettings, lifetime: SessionLifetime): SessionStore;
  /** Runs a statement; resolves to the first column of the first row. */
  value(url: string, statement: string): Promise<unknown>;
  /** Runs statements on a connection of their own; resolves to what ends it. */
  hold(url: string, statements: readonly string[]): Promise<() => void>;
  readonly lockTable: readonly string[];
  /** Counts the statements that wait for a lock. */
  readonly countWaiting: string;
  /** Counts the connections of clients. */
  readonly countConnections: string;
  /** Counts the tables of the database that is connected to, and their indexes. */
  readonly countTables: string;
  readonly countIndexes: string;
}

const TIMEOUT_MS = 500;
const POOL_SIZE = 4;
/** An operation on a server that can't answer may take this much longer than its timeout. */
const SLACK_MS = 500;

/** How a store in an SQL database takes what may happen to it. */
export function describeSqlStoreFaults(
  name: string,
  start: () => Promise<SqlStoreUnderTest>,
): void {
  describe(`${name} with something wrong`, () => {
    let under: SqlStoreUnderTest;
    let url: string;
    let store: SessionStore;
    const stores: SessionStore[] = [];
    let databases = 0;

    beforeAll(async () => {
      under = await start();
    });
    afterAll(async () => under.server.stop());
    beforeEach(async () => {
      url = await under.server.createDatabase(`faults_${++databases}`);
      store = open();
    });
    afterEach(async () => {
      await Promise.all(stores.splice(0).map(async (opened) => opened.close()));
    });

    function open(settings: Partial<SqlSettings> = {}): SessionStore {
      const opened = under.open(
        {
          url,
          table: 'sessions',
          poolSize: POOL_SIZE,
          timeoutMs: TIMEOUT_MS,
          sweepEveryMs: 3_600_000,
          ...settings,
        },
        LONG,
      );
      stores.push(opened);
      return opened;
    }

    const count = async (statement: string) => Number(await under.value(url, statement));
    const countRows = async () => count('SELECT count(*) FROM sessions');

    test('eight stores that open at once on an empty database make one table', async () => {
      const eight = Array.from({ length: 8 }, () => open({ timeoutMs: 5_000 }));
      await Promise.all(eight.map(async (one) => create(one)));
      expect(await count(under.countTables)).toBe(1);
      expect(await count(under.countIndexes)).toBe(3);
      expect(await countRows()).toBe(8);
    });

    test('a server that is not there at first is used as soon as it is', async () => {
      await under.server.stop();
      await expectUnavailable(async () => store.ping());
      await expectUnavailable(async () => store.read(someKey()));
      await under.server.start();
      await until(async () => (await store.read(someKey())) === null);
      await create(store);
      expect(await countRows()).toBe(1);
    });

    test('a frozen server is no server, and a thawed one is one again', async () => {
      const sessions = await Promise.all(Array.from({ length: 8 }, async () => create(store)));
      const sockets = countSockets();
      under.server.freeze();
      for (let round = 0; round < 3; round++) {
        await Promise.all(
          sessions.flatMap(({ key, version, record }) => [
            expectUnavailable(async () => store.read(key)),
            expectUnavailable(async () => store.replace(key, version, record)),
          ]),
        );
        await expectUnavailable(async () => store.ping());
        expect(countSockets()).toBeLessThanOrEqual(sockets + 2 * POOL_SIZE);
      }
      under.server.thaw();
      const thawed = Date.now();
      await until(async () => (await store.read(sessions[0]!.key)) !== null);
      expect(Date.now() - thawed).toBeLessThan(1_000);
      // None gets the answer to what somebody else had asked before.
      const read = await Promise.all(sessions.map(async ({ key }) => store.read(key)));
      expect(read.map((session) => session?.record)).toEqual(sessions.map(({ record }) => record));
      await until(async () => (await count(under.countConnections)) <= POOL_SIZE + 1);
    });

    test('no acknowledged change is lost, and none made twice, when the server is killed again and again', async () => {
      let over = false;
      const counters = Array.from({ length: 8 }, async () => countUp(store, () => over));
      for (let kills = 0; kills < 3; kills++) {
        await pause(300);
        await under.server.kill();
        await under.server.start();
        const started = Date.now();
        await until(async () => (await store.read(someKey())) === null);
        expect(Date.now() - started).toBeLessThan(1_000);
      }
      over = true;
      const acknowledged = await Promise.all(counters);
      for (const changes of acknowledged) expect(changes).toBeGreaterThan(0);
    });

    test('a locked row delays nobody but those who want it, and them not for long', async () => {
      const [wanted, other] = [await create(store), await create(store)];
      const release = await under.hold(url, [
        'BEGIN',
        `SELECT version FROM sessions WHERE session_key = '${wanted.key}' FOR UPDATE`,
      ]);
      const { key, version, record } = wanted;
      await Promise.all([
        expectUnavailable(async () => store.read(key)),
        expectUnavailable(async () => store.replace(key, version, record)),
        expectUnavailable(async () => store.delete(key)),
        store.read(other.key).then((session) => expect(session).not.toBeNull()),
      ]);
      // They are not waited for, so they must not happen later either.
      await until(async () => (await count(under.countWaiting)) === 0);
      release();
      await until(async () => (await store.read(key))?.version === version);
    });

    test('an operation that gets no connection in time is not carried out later', async () => {
      const locked = await Promise.all(
        Array.from({ length: POOL_SIZE }, async () => create(store)),
      );
      const release = await under.hold(url, ['BEGIN', 'SELECT version FROM sessions FOR UPDATE']);
      const waiting = locked.map(async ({ key }) => expectUnavailable(async () => store.read(key)));
      await expectUnavailable(async () => store.create(someKey(), aRecord()));
      await Promise.all(waiting);
      release();
      await until(async () => (await store.read(locked[0]!.key)) !== null);
      expect(await countRows()).toBe(POOL_SIZE);
    });

    test('a locked table is a store that does not answer', async () => {
      const { key } = await create(store);
      const release = await under.hold(url, under.lockTable);
      await expectUnavailable(async () => store.read(key));
      await expectUnavailable(async () => store.list('ada'));
      await expectUnavailable(async () => store.ping());
      release();
      await until(async () => (await store.read(key)) !== null);
    });

    test('a table that was dropped is named, and not made again under an app that runs', async () => {
      const { key, version, record } = await create(store);
      await under.value(url, 'DROP TABLE sessions');
      for (const ask of [
        async () => store.read(key),
        async () => store.create(someKey(), record),
        async () => store.replace(key, version, record),
        async () => store.ping(),
      ]) {
        await expect(ask()).rejects.toThrow(SessionStoreUnavailable);
        await expect(ask()).rejects.toThrow(/sessions/);
      }
      expect(await count(under.countTables)).toBe(0);
      await create(open());
      expect(await countRows()).toBe(1);
    });

    test.each(['', 'null', '[]', '{', '"a"', '{"version":1}', '{"data":{},"owner":{"$gt":""}}'])(
      'takes %j for a corrupt record, and can delete it',
      async (poison) => {
        const { key } = await create(store);
        await under.value(url, `UPDATE sessions SET record = '${poison}'`);
        await expect(store.read(key)).rejects.toThrow(SessionRecordCorrupt);
        expect(await store.delete(key)).toBe(true);
        expect(await store.read(key)).toBeNull();
      },
    );

    test('owners and keys are others as soon as a byte is', async () => {
      const owners = ['alice', 'ALICE', 'àlice', 'alice ', ' alice', 'alice\0', ''];
      for (const owner of owners) await create(store, { owner });
      for (const owner of owners) {
        const listed = await store.list(owner);
        expect(listed.map(({ record }) => record.owner)).toEqual([owner]);
      }
      const key = someKey();
      await store.create(key, aRecord());
      expect(await store.read(otherCase(key))).toBeNull();
      expect(await store.create(otherCase(key), aRecord())).not.toBeNull();
    });

    test('several sweeps at once remove what has expired, in more passes than one, and nothing else', async () => {
      const live = await Promise.all(Array.from({ length: 10 }, async () => create(store)));
      const dead = await create(store, { expiresAt: Date.now() - 1 });
      await inTurns(2_200, async () => create(store, { expiresAt: Date.now() - 1 }));
      const release = await under.hold(url, [
        'BEGIN',
        `SELECT version FROM sessions WHERE session_key = '${dead.key}' FOR UPDATE`,
      ]);
      for (let i = 0; i < 4; i++) open({ sweepEveryMs: 20 });
      await until(async () => (await countRows()) === live.length + 1);
      release();
      await until(async () => (await countRows()) === live.length);
      for (const { key } of live) expect(await store.read(key)).not.toBeNull();
    });

    test('a table has a plain name', () => {
      for (const table of ['', 'a b', 'a"b', 'a`b', "a'b", '1a', 'a.b', 'x'.repeat(49)]) {
        expect(() => open({ table })).toThrow(/can't be called/);
      }
    });
  });
}

/** Counts in a session until it is over; resolves to how often. @throws Error when a change was lost or made twice */
async function countUp(store: SessionStore, over: () => boolean): Promise<number> {
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

async function expectUnavailable(ask: () => Promise<unknown>): Promise<void> {
  const started = Date.now();
  await expect(ask()).rejects.toThrow(SessionStoreUnavailable);
  expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + SLACK_MS);
}

/** Resolves when the store answers as it should; the test's own timeout is the limit. */
async function until(answers: () => Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      if (await answers()) return;
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
    }
    await pause(10);
  }
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

function countSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;
}
