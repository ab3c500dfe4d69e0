import { open } from 'lmdb';

import { tempFolder } from '../../dev/guard.js';
import { describeStoreContract } from './contract/store-contract.js';

// The example of docs/stores.md: a store that a team has written.
describeStoreContract('lmdb', async () => {
  const path = tempFolder('lmdb');
  return {
    module: new URL('../../docs/examples/lmdb.store.ts', import.meta.url).href,
    settings: { path, timeoutMs: 5_000, sweepEveryMs: 200 },
    leftovers: async () => open({ path, encoding: 'json' }).getKeysCount(),
  };
});
