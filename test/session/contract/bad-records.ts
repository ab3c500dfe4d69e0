import { newSessionId } from '../../../src/session/session-id.js';
import { SessionRecordCorrupt } from '../../../src/session/session.errors.js';
import type { SessionStore } from '../../../src/session/stores/session-store.js';
import { aRecord, create, LONG, open, type StoreUnderTest } from './store-under-test.js';

const BAD_TEXTS = [
  ...['', 'null', '[]', '"a"', '{', '{"version":1}', 'ä\r\nEN\r\n'],
  '{"version":1,"data":{},"owner":{"$gt":""}}',
];

/** Each is all that is wrong with a record. */
const BAD_FIELDS: readonly (readonly [what: string, fields: object])[] = [
  ['without data', { data: undefined }],
  ['without an owner', { owner: undefined }],
  ['whose owner is no text', { owner: { $gt: '' } }],
  ['that was made at no time', { createdAt: '2026-01-01' }],
  ['without a deadline', { expiresAt: undefined }],
  ['with a deadline past all time', { expiresAt: 1e300 }],
  ['that a browser keeps as nobody knows', { persistent: 'yes' }],
  ['of no client', { client: null }],
  ['of a client without an address', { client: { device: 'a browser' } }],
  ['of a client without a name', { client: { address: '192.0.2.7' } }],
];

const BAD = [
  ...BAD_TEXTS.map((text) => [JSON.stringify(text), text] as const),
  ...BAD_FIELDS.map(
    ([what, fields]) =>
      [`a record ${what}`, JSON.stringify({ version: 1, ...aRecord(), ...fields })] as const,
  ),
];

/** What a store does about what somebody else, or half a disk, has put in a record's place. */
export function badRecords(under: () => StoreUnderTest): void {
  let store: SessionStore;
  beforeAll(async () => {
    store = await open(under(), LONG);
    await store.ping();
  });
  afterAll(async () => store.close());

  test.each(BAD)('%s is refused as corrupt, is in no list, and can be deleted', async (_, text) => {
    const { overwrite } = under();
    if (!overwrite) return;
    const owner = `user-${newSessionId()}`;
    const [bad, good] = [await create(store, { owner }), await create(store, { owner })];
    await under().overwrite?.(bad.key, text);
    await expect(store.read(bad.key)).rejects.toThrow(SessionRecordCorrupt);
    expect((await store.list(owner)).map(({ key }) => key)).toEqual([good.key]);
    expect(await store.delete(bad.key)).toBe(true);
    expect(await store.read(bad.key)).toBeNull();
  });
}
