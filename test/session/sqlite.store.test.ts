import { join } from 'node:path';

import Database from 'libsql';

import { tempFolder } from '../../dev/guard.js';
import { describeStoreContract } from './contract/store-contract.js';

// The example of docs/stores.md: a store that a team has written.
describeStoreContract('sqlite', async () => {
  const path = join(tempFolder('sqlite'), 'sessions.db');
  const rows = (statement: string): unknown[] => new Database(path).prepare(statement).all();
  return {
    module: new URL('../../docs/examples/sqlite.store.ts', import.meta.url).href,
    settings: { path, timeoutMs: 5_000, sweepEveryMs: 200 },
    leftovers: async () => rows('SELECT 1 FROM sessions').length,
    overwrite: async (key, text) =>
      rows(`UPDATE sessions SET record = '${text}' WHERE session_key = '${key}' RETURNING 1`),
  };
});
