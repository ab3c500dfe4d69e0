import { AllSessionsEnd } from '../../src/session/all-sessions-end.js';
import { SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { MemoryStore } from '../../src/session/stores/memory.store.js';
import { aRecord, LONG } from './contract/store-under-test.js';

const WITHIN_MS = 100;

class FailingStore extends MemoryStore {
  fails = false;
  reads = 0;

  override async read(...args: Parameters<MemoryStore['read']>) {
    this.reads++;
    if (this.fails) throw new SessionStoreUnavailable('away');
    return super.read(...args);
  }
}

let store: FailingStore;
let worker: AllSessionsEnd;
beforeEach(() => {
  store = new FailingStore({ sweepEveryMs: 60_000 }, LONG);
  worker = new AllSessionsEnd(store, LONG, WITHIN_MS);
});
afterEach(async () => {
  worker.stop();
  await store.close();
});

const operator = () => new AllSessionsEnd(store, LONG, WITHIN_MS);
const ofUser = (createdAt = Date.now()) => aRecord({ owner: 'ada', createdAt });

test('a worker that has just asked knows it when the operator is done', async () => {
  const record = ofUser();
  expect(await worker.reasonFor(record)).toBeNull();
  await operator().endAll('breach');
  expect(await worker.reasonFor(record)).toBe('breach');
  expect(await worker.reasonFor(ofUser(Date.now() + 1))).toBeNull();
});

test('guests go on', async () => {
  await operator().endAll('breach');
  expect(await worker.reasonFor(aRecord({ owner: null, createdAt: 0 }))).toBeNull();
});

test('a second order counts as the first did', async () => {
  await operator().endAll('breach');
  const later = ofUser();
  await Promise.all([operator().endAll('once more'), operator().endAll('once more')]);
  expect(await worker.reasonFor(later)).toBe('once more');
});

test('while the store can’t tell, no session is taken for live by an old answer', async () => {
  expect(await worker.reasonFor(ofUser())).toBeNull();
  store.fails = true;
  const started = performance.now();
  while (performance.now() - started <= WITHIN_MS + 1) await new Promise(setImmediate);
  await expect(worker.reasonFor(ofUser())).rejects.toThrow(SessionStoreUnavailable);
});

test('a worker that watches asks beside the requests', async () => {
  worker.watch();
  while (store.reads < 3) await new Promise(setImmediate);
  const before = store.reads;
  expect(await worker.reasonFor(ofUser())).toBeNull();
  expect(store.reads).toBe(before);
});
