import { SessionChanges } from '../../../src/session/session-changes.js';
import { SessionStoreUnavailable } from '../../../src/session/session.errors.js';
import type { SessionData } from '../../../src/session/session-data.js';
import type { SessionKey } from '../../../src/session/session-id.js';
import { SessionRepository } from '../../../src/session/session-repository.js';
import type { Answer, Order } from './processes.js';
import { aRecord, create, LONG, open } from './store-under-test.js';

/** Another process with the same store: it does what the suite asks for, and says what came of it. */

interface Counts {
  readonly counts: Readonly<Record<string, number>>;
}

const store = await open(JSON.parse(process.argv[2] ?? '') as { settings: unknown }, LONG);
await store.ping();
const sessions = new SessionRepository(store, LONG, {
  initial: () => ({ counts: {} }) as unknown as SessionData,
  parse: (stored) => stored as SessionData,
});
const changes = new SessionChanges(sessions);

const REQUESTS_AT_ONCE = 10;

process.on('message', (order: Order) => {
  obey(order).then(
    (result) => say({ result }),
    (error: unknown) => say({ error: String(error) }),
  );
});
process.on('disconnect', () => {
  void store.close().then(() => process.exit());
});
say({ result: 0 });

function say(answer: Answer): void {
  process.send?.(answer);
}

/** Resolves to how many succeeded. */
async function obey(order: Order): Promise<number> {
  if (order.do === 'replace') {
    const outcomes = await Promise.all(
      Array.from({ length: order.times }, async () =>
        store.replace(order.key, order.version, aRecord()),
      ),
    );
    return outcomes.filter((outcome) => outcome !== null).length;
  }
  if (order.do === 'fill') return fill();
  const session = await sessions.read(order.key);
  if (session === null) throw new Error('there is no session to update');
  let left = order.times;
  const request = async (): Promise<void> => {
    while (left-- > 0) await changes.apply(session, (data) => count(data, order.name));
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, request));
  return order.times;
}

async function fill(): Promise<number> {
  const keys: SessionKey[] = [];
  try {
    for (;;) keys.push((await create(store, { data: 'x'.repeat(20_000) })).key);
  } catch (error) {
    if (!(error instanceof SessionStoreUnavailable)) throw error;
  }
  for (const key of keys) if ((await store.read(key)) === null) throw new Error('one was lost');
  return keys.length;
}

function count(data: SessionData, name: string): SessionData {
  const { counts } = data as unknown as Counts;
  return { counts: { ...counts, [name]: (counts[name] ?? 0) + 1 } } as unknown as SessionData;
}
