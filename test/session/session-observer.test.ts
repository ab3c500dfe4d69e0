import type { SessionData } from '../../src/session/session-data.js';
import { SessionChanges } from '../../src/session/session-changes.js';
import type { SessionEvent } from '../../src/session/session-observer.js';
import { SessionRepository } from '../../src/session/session-repository.js';
import { Sessions } from '../../src/session/sessions.js';
import { MemoryStore } from '../../src/session/stores/memory.store.js';
import { LONG, someKey } from './contract/store-under-test.js';

const NO_DATA = {} as SessionData;
const CLIENT = { device: 'a browser', address: '192.0.2.7' };
const FORMAT = { initial: () => NO_DATA, parse: (stored: unknown) => stored as SessionData };
const unchanged = (data: SessionData): SessionData => data;

let store: MemoryStore;
let heard: SessionEvent[];
let sessions: SessionRepository;
const tell = (event: SessionEvent): void => void heard.push(event);
beforeEach(() => {
  heard = [];
  store = new MemoryStore({ sweepEveryMs: 60_000 }, LONG);
  sessions = new SessionRepository(store, LONG, FORMAT, { mostPerOwner: 2, tell });
});
afterEach(async () => store.close());

test('a session is made, read, changed and ended, and then missed', async () => {
  const { session } = await sessions.createGuest(NO_DATA, CLIENT);
  await sessions.read(session.key);
  await sessions.replace(session, NO_DATA);
  await sessions.end(session.key, null);
  await sessions.end(session.key, null);
  await sessions.read(session.key);
  await sessions.read(someKey());
  expect(heard).toEqual(['made', 'read', 'changed', 'ended', 'missed', 'missed']);
});

test('a change that somebody else was faster with is a conflict, and stored at the second try', async () => {
  const { session } = await sessions.createGuest(NO_DATA, CLIENT);
  await sessions.replace(session, NO_DATA);
  heard = [];
  await new SessionChanges(sessions).apply(session, unchanged);
  expect(heard).toEqual(['conflicted', 'read', 'changed']);
});

test('a login that somebody else was faster with gives up what it has made, and makes another', async () => {
  const { session } = await sessions.createGuest(NO_DATA, CLIENT);
  await sessions.replace(session, NO_DATA);
  heard = [];
  await sessions.signIn(session, 'ada', CLIENT, unchanged);
  expect(heard).toEqual(['made', 'ended', 'conflicted', 'read', 'made', 'ended']);
});

test('a session that a user or a login too many ends is ended', async () => {
  for (let i = 0; i < 3; i++) await sessions.signIn(null, 'ada', CLIENT, unchanged);
  expect(heard).toEqual(['made', 'made', 'made', 'ended']);
  heard = [];
  const ended = await new Sessions(store, LONG, undefined, tell).endAll('ada', 'elsewhere');
  expect(ended).toBe(2);
  expect(heard).toEqual(['ended', 'ended']);
});
