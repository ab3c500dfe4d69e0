import { documentCosts, documentedCosts, documentedStores } from './store-costs/costs-table.js';
import { file, memory } from './store-costs/local-stores.js';
import { measure } from './store-costs/measure.js';
import {
  memcached,
  mysql,
  postgres,
  redis,
  redisWithReplica,
} from './store-costs/server-stores.js';

const STORES = {
  redis,
  'redis, replicas_to_wait_for: 1': redisWithReplica,
  memcached,
  postgres,
  mysql,
  file,
  memory,
};

/** `UPDATE_DOCS=1 npm run test:jest -- test/docs` writes what is measured into the document. */
const UPDATE = process.env['UPDATE_DOCS'] === '1';
/** How far the bytes of another version of a server may be from those in the document. */
const TOLERANCE = 0.15;

test('docs/stores.md says of every store what it costs', () => {
  expect(documentedStores()).toEqual(Object.keys(STORES));
});

test.each(Object.entries(STORES))('docs/stores.md says what %s costs', async (name, start) => {
  const costs = await measure(start);
  if (UPDATE) await documentCosts(name, costs);
  const documented = documentedCosts(name);
  expect(documented.waits).toEqual(costs.waits);
  const bytes = costs.bytes ?? documented.bytes ?? NaN;
  expect(documented.bytes).toBeGreaterThan(bytes * (1 - TOLERANCE));
  expect(documented.bytes).toBeLessThan(bytes * (1 + TOLERANCE));
});
