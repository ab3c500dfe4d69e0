import { statSync, writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { tempFolder } from '../../dev/guard.js';
import { SessionStoreUnavailable } from '../../src/session/session.errors.js';
import type { SessionKey } from '../../src/session/session-id.js';
import { FileStore } from '../../src/session/stores/file.store.js';
import { hexOf, orGone } from '../../src/session/stores/file.system.js';
import { OtherProcess } from './contract/processes.js';
import { describeStoreContract } from './contract/store-contract.js';
import { aRecord, create, LONG, someKey } from './contract/store-under-test.js';

const SETTINGS = { timeoutMs: 5_000, sweepEveryMs: 200 };

/** The paths of all files below a folder, which may lose files and folders while it is looked at. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = (await orGone(readdir(folder, { withFileTypes: true }))) ?? [];
  const files = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
  return (await Promise.all(files)).flat();
}

describeStoreContract('file', async () => {
  const folder = tempFolder('sessions');
  return {
    settings: { kind: 'file', folder, ...SETTINGS },
    leftovers: async () => (await filesIn(folder)).length,
    overwrite: async (key, text) => {
      const files = await filesIn(join(folder, 'sessions'));
      const record = files.find((path) => path.includes(hexOf(key)) && path.endsWith('.json'));
      await writeFile(record ?? '', text);
    },
  };
});

describe('the file store', () => {
  let folder: string;
  let store: FileStore;
  beforeEach(async () => {
    folder = join(tempFolder('sessions'), 'made', 'by itself');
    store = new FileStore({ folder, ...SETTINGS }, LONG);
    await store.ping();
  });
  afterEach(async () => store.close());

  test('its folder is for nobody else to read', () => {
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  test('a process that is killed in the middle loses nothing that it was told is stored', async () => {
    const { key } = await create(store, { data: { counts: {} } });
    let acknowledged = 0;
    for (let round = 0; round < 5; round++) {
      const other = new OtherProcess({ settings: { kind: 'file', folder, ...SETTINGS } });
      await other.answer();
      acknowledged += await other.update(key, 'it', 200);
      const interrupted = other.update(key, 'it', 100_000);
      const { version } = (await store.read(key)) ?? {};
      while ((await store.read(key))?.version === version);
      await other.kill();
      await expect(interrupted).rejects.toThrow('ended');
    }
    const stored = (await store.read(key))?.record.data;
    expect((stored as { counts: { it: number } }).counts.it).toBeGreaterThanOrEqual(acknowledged);
  });

  test('what does not fit on the disk any more is refused, and nothing half-written stays', async () => {
    const { key, version, record } = await create(store, { data: { counts: {} } });
    // A write beyond so many blocks fails, as on a full disk.
    const limit = "trap '' XFSZ; ulimit -f 10";
    const other = new OtherProcess({ settings: { kind: 'file', folder, ...SETTINGS } }, limit);
    await other.answer();
    expect(await other.fill()).toBe(0);
    await expect(other.update(key, 'x'.repeat(20_000), 1)).rejects.toThrow(
      'SessionStoreUnavailable: the session files: EFBIG',
    );
    await other.end();
    expect(await store.read(key)).toEqual({ record, version });
    expect(await filesIn(join(folder, 'sessions'))).toHaveLength(2);
  });

  test.each(['../../etc/passwd', '/etc/passwd', 'a\0b', 'C:\\'])(
    '%j is a name like any other',
    async (name) => {
      expect(await store.create(name as SessionKey, aRecord())).not.toBeNull();
      expect(await store.read(name as SessionKey)).not.toBeNull();
      expect(await store.delete(name as SessionKey)).toBe(true);
    },
  );
});

test('a folder that can not be made is named, with the reason', async () => {
  const file = join(tempFolder('sessions'), 'file');
  writeFileSync(file, '');
  const store = new FileStore({ folder: join(file, 'sessions'), ...SETTINGS }, LONG);
  await expect(store.read(someKey())).rejects.toThrow(SessionStoreUnavailable);
  await expect(store.read(someKey())).rejects.toThrow(/the session files: ENOTDIR.*file\/sessions/);
  await store.close();
});
