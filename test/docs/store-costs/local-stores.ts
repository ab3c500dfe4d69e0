import { mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { jest } from '@jest/globals';

import { tempFolder } from '../../../dev/guard.js';
import { FileStore } from '../../../src/session/stores/file.store.js';
import { MemoryStore } from '../../../src/session/stores/memory.store.js';
import { LONG } from '../../session/contract/store-under-test.js';
import { type MeasuredStore, SESSIONS } from './measured-store.js';

const SWEEP_EVERY_MS = 3_600_000;

/** It waits for its disk whenever it syncs a file or a folder. */
export async function file(): Promise<MeasuredStore> {
  const folder = tempFolder('sessions');
  // As it is after some thousand sessions: a new shard waits once more.
  for (let shard = 0; shard < 256; shard++) {
    const name = shard.toString(16).padStart(2, '0');
    mkdirSync(join(folder, 'sessions', name), { recursive: true });
  }
  const store = new FileStore({ folder, timeoutMs: 30_000, sweepEveryMs: SWEEP_EVERY_MS }, LONG);
  const anyFile = await open(folder);
  const sync = jest.spyOn(Object.getPrototypeOf(anyFile) as typeof anyFile, 'sync');
  await anyFile.close();
  return {
    store,
    waits: () => sync.mock.calls.length,
    bytes: async () => (isExt4(folder) ? allocatedIn(folder) : null),
    // Each is a folder with files of its own, and waits for the disk to be made.
    sessions: 1_000,
    stop: async () => {
      sync.mockRestore();
      await store.close();
    },
  };
}

export async function memory(): Promise<MeasuredStore> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const store = new MemoryStore({ sweepEveryMs: SWEEP_EVERY_MS }, LONG);
  return {
    store,
    waits: () => 0,
    bytes: async () => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    },
    sessions: SESSIONS,
    stop: async () => store.close(),
  };
}

/** What a folder or a small file takes is up to the file system. */
function isExt4(folder: string): boolean {
  return statfsSync(folder).type === 0xef53;
}

const BLOCK_BYTES = 512;

/** What is allocated on the disk for all files and folders below one. */
function allocatedIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).blocks * BLOCK_BYTES, 0);
}
