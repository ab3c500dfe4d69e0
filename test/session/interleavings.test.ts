import { jest } from '@jest/globals';
import * as fc from 'fast-check';

import { AllSessionsEnd } from '../../src/session/all-sessions-end.js';
import { SessionEnded } from '../../src/session/session.errors.js';
import { Session } from '../../src/session/session.js';
import { SessionChanges } from '../../src/session/session-changes.js';
import type { SessionData } from '../../src/session/session-data.js';
import { keyOf, type SessionHandle, type SessionId } from '../../src/session/session-id.js';
import { SessionRepository } from '../../src/session/session-repository.js';
import { Sessions } from '../../src/session/sessions.js';
import { soak } from '../soak.js';
import { explore, type TakeTurn } from './interleavings/explore.js';
import { Shelf, SteppedStore } from './interleavings/stepped.store.js';

/**
 * Each operation of a user's sessions beside each other one, in every order that their accesses to the store can come in.
 * Ada is logged in at a laptop and at a phone, which is as many devices as she may have, and is a guest at a tablet.
 */

const LIFETIME = { idleMs: 3_600_000, guestIdleMs: 3_600_000, absoluteMs: 3_600_000 };
const MOST_PER_USER = 2;
/** A turn takes a millisecond. */
const TOLD_WITHIN_MS = 50;
const CLIENT = () => ({ device: 'a browser', address: '192.0.2.7' });

type Device = 'laptop' | 'phone' | 'tablet';

/** Where a session was begun, and what was put into it. */
type Data = SessionData & { readonly from: string; readonly added: readonly string[] };
const dataOf = ({ data }: { readonly data: unknown }) => data as Data;
const FORMAT = {
  initial: () => ({ from: 'elsewhere', added: [] }) as unknown as SessionData,
  parse: (stored: unknown) => stored as SessionData,
};

/** A process with its own view of the store. */
class Worker {
  readonly repository: SessionRepository;
  readonly sessions: Sessions;
  readonly #changes: SessionChanges;

  constructor(
    readonly store: SteppedStore,
    takeTurn: TakeTurn,
  ) {
    const allEnd = new AllSessionsEnd(store, LIFETIME, TOLD_WITHIN_MS);
    this.repository = new SessionRepository(store, LIFETIME, FORMAT, {
      mostPerOwner: MOST_PER_USER,
      allEnd,
    });
    this.sessions = new Sessions(store, LIFETIME, allEnd);
    this.#changes = new SessionChanges(this.repository, async () =>
      takeTurn({ key: 'nothing', writes: false }),
    );
  }

  async endEverybody(): Promise<void> {
    const inNoTime = async (): Promise<void> => undefined;
    const end = new AllSessionsEnd(this.store, LIFETIME, TOLD_WITHIN_MS, inNoTime);
    await end.endAll('operator');
  }

  visitor(): Session {
    return new Session(this.repository, this.#changes, CLIENT, []);
  }

  /** The session of a request with this id. */
  async request(id: SessionId): Promise<Session> {
    const key = keyOf(id);
    const live = await this.repository.read(key);
    return new Session(this.repository, this.#changes, CLIENT, live ? [live] : [], {
      sentKeys: [key],
    });
  }
}

/** What the scenario begins with. */
interface Start {
  readonly ids: Readonly<Record<Device, SessionId>>;
  readonly handles: Readonly<Record<Device, SessionHandle>>;
}

interface Operation {
  /** @returns whether it was done; false when it says that there was nothing to do it to */
  readonly run: (worker: Worker, start: Start, tag: string) => Promise<boolean | void>;
  /** Of which devices' sessions it ends whatever goes on, once it was done. */
  readonly ends?: readonly Device[];
  /** Of which it ends the session, or gives it another id, so that another operation may find it gone. */
  readonly moves?: readonly Device[];
  /** To which session it adds something. */
  readonly adds?: Device;
}

const on =
  (device: Device, act: (session: Session, tag: string) => Promise<void>): Operation['run'] =>
  async (worker, { ids }, tag) => {
    const session = await worker.request(ids[device]);
    // What a guard does.
    if (session.key === null) return false;
    await act(session, tag);
    return true;
  };

const add =
  (tag: string) =>
  (data: SessionData): SessionData => {
    const { from, added } = data as Data;
    return { from, added: [...added, tag] } as unknown as SessionData;
  };

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'reads at the laptop': { run: on('laptop', async () => undefined) },
  'adds at the laptop': {
    run: on('laptop', async (session, tag) => session.update(add(tag))),
    adds: 'laptop',
  },
  'adds at the tablet': {
    run: on('tablet', async (session, tag) => session.update(add(tag))),
    adds: 'tablet',
  },
  'logs in at the tablet': {
    run: on('tablet', async (session, tag) => session.signIn('ada', add(tag))),
    moves: ['tablet', 'laptop', 'phone'],
    adds: 'tablet',
  },
  'logs in again at the laptop': {
    run: on('laptop', async (session, tag) => session.signIn('ada', add(tag))),
    moves: ['laptop'],
    adds: 'laptop',
  },
  'gives the laptop a new id': {
    run: on('laptop', async (session, tag) => session.regenerate(add(tag))),
    moves: ['laptop'],
    adds: 'laptop',
  },
  'logs out at the laptop': {
    // It ends also what it does not find: that may be a session that goes on under another id.
    run: async (worker, { ids }) => (await worker.request(ids.laptop)).end(),
    ends: ['laptop'],
    moves: ['laptop'],
  },
  'logs the laptop out from the phone': {
    run: async ({ sessions }, { handles }) => sessions.end('ada', handles.laptop, 'elsewhere'),
    ends: ['laptop'],
    moves: ['laptop'],
  },
  'logs all others out at the phone': {
    run: async ({ sessions }, { handles }) => {
      await sessions.endOthers('ada', handles.phone, 'elsewhere');
    },
    ends: ['laptop', 'tablet'],
    moves: ['laptop', 'tablet'],
  },
  'ends all of hers': {
    run: async ({ sessions }) => void (await sessions.endAll('ada', 'operator')),
    ends: ['laptop', 'phone', 'tablet'],
    moves: ['laptop', 'phone', 'tablet'],
  },
  'ends everybody’s': {
    run: async (worker) => worker.endEverybody(),
    ends: ['laptop', 'phone', 'tablet'],
    moves: ['laptop', 'phone', 'tablet'],
  },
  'lets the laptop’s id expire': {
    run: async ({ store }, { ids }) => void (await store.delete(keyOf(ids.laptop))),
    moves: ['laptop'],
  },
  'logs in elsewhere': {
    run: async (worker) => worker.visitor().signIn('ada'),
    moves: ['laptop', 'phone', 'tablet'],
  },
  'logs Bob in at the laptop': {
    run: on('laptop', async (session) => session.signIn('bob')),
    ends: ['laptop'],
    moves: ['laptop'],
  },
};

const NAMES = Object.keys(OPERATIONS);

interface Outcome {
  readonly name: string;
  readonly tag: string;
  readonly done: boolean;
  /** When it began, and when it was answered, in turns. */
  readonly began: number;
  readonly ended: number;
}

/** Runs operations at once, each in a process of its own, and checks what they leave behind. */
async function together(names: readonly string[], takeTurn: TakeTurn): Promise<void> {
  const shelf = new Shelf();
  const start = await begin(shelf);
  jest.advanceTimersByTime(1_000);
  let turns = 0;
  const turn: TakeTurn = async (access) => {
    await takeTurn(access);
    turns++;
    jest.advanceTimersByTime(1);
  };
  const outcomes = await Promise.all(
    names.map(async (name, i): Promise<Outcome> => {
      const tag = `${i}`;
      const worker = new Worker(new SteppedStore(shelf, turn), turn);
      const began = turns;
      const done = await OPERATIONS[name]!.run(worker, start, tag).catch((error: unknown) => {
        if (!(error instanceof SessionEnded)) throw error;
        return false;
      });
      return { name, tag, done: done !== false, began, ended: turns };
    }),
  );
  await check(shelf, outcomes);
}

const NO_TURNS: TakeTurn = async () => undefined;

async function begin(shelf: Shelf): Promise<Start> {
  const worker = new Worker(new SteppedStore(shelf, NO_TURNS), NO_TURNS);
  const logIn = async (device: Device, owner: string | null) => {
    jest.advanceTimersByTime(1);
    const from = () => ({ from: device, added: [] }) as unknown as SessionData;
    const session = worker.visitor();
    if (owner === null) await session.update(from);
    else await session.signIn(owner, from);
    const { set: id } = session.cookieChange as { readonly set: SessionId };
    return { id, handle: session.handle! };
  };
  const [laptop, phone] = [await logIn('laptop', 'ada'), await logIn('phone', 'ada')];
  const tablet = await logIn('tablet', null);
  return {
    ids: { laptop: laptop.id, phone: phone.id, tablet: tablet.id },
    handles: { laptop: laptop.handle, phone: phone.handle, tablet: tablet.handle },
  };
}

async function check(shelf: Shelf, outcomes: readonly Outcome[]): Promise<void> {
  const { store, repository } = new Worker(new SteppedStore(shelf, NO_TURNS), NO_TURNS);
  const found = await Promise.all(
    [...shelf.records.keys()].map(async (key) => ({ key, live: await repository.read(key) })),
  );
  const alive = found.flatMap(({ key, live }) =>
    live && 'from' in Object(live.record.data) ? [{ key, ...live.record }] : [],
  );
  const of = (device: Device) => alive.filter((record) => dataOf(record).from === device);
  const hers = alive.filter(({ owner }) => owner === 'ada');

  // The index and the records agree.
  const listed = (await store.list('ada')).map(({ key }) => key);
  expect(listed.toSorted()).toEqual(hers.map(({ key }) => key).toSorted());
  expect([...shelf.keysOf('ada')].toSorted()).toEqual(listed.toSorted());

  // Nobody has two lives of one session, nor more sessions than a user may.
  expect(new Set(alive.map(({ handle }) => handle)).size).toBe(alive.length);
  for (const device of ['laptop', 'phone', 'tablet'] as const) {
    expect(of(device).length).toBeLessThanOrEqual(1);
  }
  expect(hers.length).toBeLessThanOrEqual(MOST_PER_USER);
  for (const { owner, ...record } of alive)
    if (owner === 'bob') expect(dataOf(record).from).toBe('elsewhere');

  for (const device of ['laptop', 'phone', 'tablet'] as const) {
    const [live] = of(device);
    const ends = outcomes.filter(
      ({ name, done }) => done && OPERATIONS[name]!.ends?.includes(device),
    );
    if (device === 'tablet') {
      // It is hers from the login on.
      const login = outcomes.find(({ name, done }) => done && name === 'logs in at the tablet');
      for (const end of ends) if (login && login.ended <= end.began) expect(live).toBeUndefined();
    } else if (ends.length > 0) {
      expect(live).toBeUndefined();
    }
    // What goes on has all that was said to be in it, and goes on unless somebody may have ended it.
    const added = outcomes.flatMap(({ name, tag, done }) =>
      done && OPERATIONS[name]!.adds === device ? [tag] : [],
    );
    if (live) expect(dataOf(live).added).toEqual(expect.arrayContaining(added));
    else expect(outcomes.some(({ name }) => mayEnd(name, device))).toBe(true);
  }

  // Nothing is refused without a reason.
  for (const refused of outcomes.filter(({ done }) => !done)) {
    const device = refused.name.includes('tablet') ? 'tablet' : 'laptop';
    const others = outcomes.filter((other) => other !== refused);
    expect(others.some(({ name }) => OPERATIONS[name]!.moves?.includes(device))).toBe(true);
  }
}

function mayEnd(name: string, device: Device): boolean {
  const { ends, moves } = OPERATIONS[name]!;
  if (ends?.includes(device)) return true;
  // A login too many, and an id that expires before it is replaced.
  return (
    (moves?.includes(device) ?? false) &&
    ['logs in at the tablet', 'logs in elsewhere', 'lets the laptop’s id expire'].includes(name) &&
    !(name === 'logs in at the tablet' && device === 'tablet')
  );
}

beforeAll(() => {
  jest.useFakeTimers({
    doNotFake: [
      'hrtime',
      'nextTick',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
});
afterAll(() => jest.useRealTimers());

const PAIRS = NAMES.flatMap((one, i) => NAMES.slice(i).map((other) => [one, other] as const));

/** Most pairs have fewer. The longest have some 40,000, which only the soak runs. */
const MOST_ORDERS = soak(200, Infinity);

test.each(PAIRS)('whatever comes first: %s, %s', async (...names) => {
  await explore(async (takeTurn) => together(names, takeTurn), MOST_ORDERS);
});

test('three at once, in orders drawn by lot', async () => {
  const three = fc.tuple(...[1, 2, 3].map(() => fc.constantFrom(...NAMES)));
  const property = fc.asyncProperty(three, fc.scheduler(), async (names, scheduler) => {
    const all = together(names, async ({ key }) => scheduler.schedule(Promise.resolve(), key));
    await scheduler.waitFor(all);
  });
  await fc.assert(property, { numRuns: soak(200, 50_000) });
});
