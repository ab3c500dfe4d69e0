import { MemoryStore } from '../../src/session/stores/memory.store.js';
import { describeStoreContract } from './store-contract.js';

describeStoreContract('memory', async (lifetime) => new MemoryStore(lifetime));
