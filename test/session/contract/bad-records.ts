import { newSessionId } from '../../../src/session/session-id.js';
import { SessionRecordCorrupt } from '../../../src/session/session.errors.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { create, LONG, open, type StoreUnderTest } from './store-under-test.js';

const BAD_TEXTS = [
  ...['', 'null', '[]', '"a"', '{', '{"version":1}', 'ä\r\nEN\r\n'],
  '{"version":1,"data":{},"owner":{"$gt":""}}',
];

/** What a store does about what somebody else, or half a disk, has put in a record's place. */
export function badRecords(under: () => StoreUnderTest): void {
  let store: SessionStore;
  beforeAll(async () => {
    store = await open(under(), LONG);
    await store.ping();
  });
  afterAll(async () => store.close());

  test.each(BAD_TEXTS)(
    '%j is refused as corrupt, is in no list, and can be deleted',
    async (text) => {
      const { overwrite } = under();
      if (!overwrite) return;
      const owner = `user-${newSessionId()}`;
      const [bad, good] = [await create(store, { owner }), await create(store, { owner })];
      await under().overwrite?.(bad.key, text);
      await expect(store.read(bad.key)).rejects.toThrow(SessionRecordCorrupt);
      expect((await store.list(owner)).map(({ key }) => key)).toEqual([good.key]);
      expect(await store.delete(bad.key)).toBe(true);
      expect(await store.read(bad.key)).toBeNull();
    },
  );
}
