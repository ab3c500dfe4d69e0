import { setTimeout as pause } from 'node:timers/promises';

import { type RedisServer, startRedis } from '../../dev/redis.js';
import { SessionStoreUnavailable } from '../../src/session/session.errors.js';
import { SessionChanges } from '../../src/session/session-changes.js';
import type { SessionData } from '../../src/session/session-data.js';
import { SessionRepository } from '../../src/session/session-repository.js';
import { RedisStore } from '../../src/session/stores/redis.store.js';
import { LONG } from './contract/store-under-test.js';

const TIMEOUT_MS = 1_000;
const SLACK_MS = 500;
const NO_DATA = {} as SessionData;

let server: RedisServer;
let store: RedisStore;
beforeAll(async () => {
  server = await startRedis();
  store = new RedisStore({ url: server.url, timeoutMs: TIMEOUT_MS }, LONG);
  await store.ping();
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

test('a change that waits behind one which the store does not answer is rejected no later', async () => {
  const format = { initial: () => NO_DATA, parse: () => NO_DATA };
  const sessions = new SessionRepository(store, LONG, format);
  const changes = new SessionChanges(sessions);
  const client = { device: 'a browser', address: '192.0.2.7' };
  const { session } = await sessions.createGuest(NO_DATA, client);
  await server.freeze();
  const started = performance.now();
  const change = async () => changes.apply(session, () => NO_DATA);
  const first = expect(change()).rejects.toThrow(SessionStoreUnavailable);
  await pause(100);
  const second = expect(change()).rejects.toThrow(SessionStoreUnavailable);
  await Promise.all([first, second]);
  expect(performance.now() - started).toBeLessThan(TIMEOUT_MS + SLACK_MS);
  server.thaw();
});
