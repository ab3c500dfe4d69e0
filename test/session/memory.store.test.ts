import { MemoryStore } from '../../src/session/stores/memory.store.js';
import { describeStoreContract } from './contract/store-contract.js';

describeStoreContract(
  'memory',
  async () => ({
    settings: { kind: 'memory', sweepEveryMs: 100 },
    leftovers: async (store) => (store instanceof MemoryStore ? store.size : NaN),
  }),
  { shared: false, texts: false },
);
