import { newSessionId } from '../../../src/session/session-id.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { soak } from '../../soak.js';
import { create, LONG, open, type StoreUnderTest } from './store-under-test.js';

/** Which sessions a user has. */
export function usersList(under: () => StoreUnderTest): void {
  let store: SessionStore;
  beforeAll(async () => {
    store = await open(under(), LONG);
    await store.ping();
  });
  afterAll(async () => store.close());

  test("a user's list has their sessions and nobody else's, and those that ended are not in it", async () => {
    // As an owner it may be anything that an app has for its users.
    const owner = `user ${newSessionId()} ../\r\n'"\\%*:é`;
    const mine = await Promise.all([1, 2, 3].map(async () => create(store, { owner })));
    await create(store, { owner: 'somebody else' });
    await store.delete(mine[0]!.key);
    const listed = await store.list(owner);
    expect(listed.map(({ key }) => key).toSorted()).toEqual(
      [mine[1]!.key, mine[2]!.key].toSorted(),
    );
    expect(listed.map(({ record }) => record.owner)).toEqual([owner, owner]);
  });

  test('sessions of one user that are made at once are all in the list', async () => {
    const owner = `user-${newSessionId()}`;
    await Promise.all(Array.from({ length: 40 }, async () => create(store, { owner })));
    expect(await store.list(owner)).toHaveLength(40);
  });

  test('a list that is asked for while a session is being made does not lose it', async () => {
    const owner = `user-${newSessionId()}`;
    const other = await open(under(), LONG);
    await other.ping();
    const makers = [1, 2, 3, 4].map(async () => {
      for (let i = 0; i < 25; i++) await create(store, { owner });
    });
    const listers = [1, 2, 3, 4].map(async () => {
      for (let i = 0; i < 100; i++) await other.list(owner);
    });
    await Promise.all([...makers, ...listers]);
    expect(await store.list(owner)).toHaveLength(100);
    await other.close();
  });

  test('a session that is given another key, the new one first, is in every list', async () => {
    const owner = `user-${newSessionId()}`;
    let { key } = await create(store, { owner });
    const lists: number[] = [];
    const isEnough = (): boolean => lists.length >= soak(100, 5_000);
    const move = async (): Promise<void> => {
      while (!isEnough()) {
        const next = await create(store, { owner });
        await store.delete(key);
        ({ key } = next);
      }
    };
    const look = async (): Promise<void> => {
      while (!isEnough()) lists.push((await store.list(owner)).length);
    };
    await Promise.all([move(), look(), look()]);
    expect(lists).not.toContain(0);
  });
}
