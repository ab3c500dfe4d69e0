import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { anyRuns, descendants, signal } from '../../dev/process-tree.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { soak } from '../soak.js';
import { ADD, LOGIN_FIRST, PAGE } from '../counter/pages.js';
import { isBrokenConnection, Visitor } from './visitor.js';
import { Visitors } from './visitors.js';

const WORKERS = 4;
const KILL_EVERY_MS = 300;

let stack: RedisStack;
beforeAll(async () => {
  stack = await startStack({ WORKERS: String(WORKERS), LOG_LEVEL: 'error' });
});
afterAll(async () => stack.stop());

const workers = () => descendants(stack.app.process.pid!);

/** Kills a worker now and then, whichever it is, for some time or until something is over; resolves to how many. */
async function killWorkersUntil(over: Promise<unknown> = new Promise(() => {})): Promise<number> {
  const end = Date.now() + soak(6_000, 60_000);
  for (let kills = 0; ; kills++) {
    const going = await Promise.race([over.then(() => false), pause(KILL_EVERY_MS, true)]);
    if (!going || Date.now() > end) return kills;
    const pids = workers();
    const pid = pids[Math.floor(Math.random() * pids.length)];
    if (pid !== undefined) signal(pid, 'SIGKILL');
  }
}

/** What the program holds when nobody asks it for anything. */
async function holdings() {
  const clients = String(await stack.redis.call('INFO', 'clients'));
  return {
    workers: workers().length,
    redisConnections: /connected_clients:(\d+)/.exec(clients)?.[1],
    files: readdirSync(`/proc/${stack.app.process.pid}/fd`).length,
  };
}

test('nobody is logged out, what was said to be kept is, and nothing leaks', async () => {
  const before = await holdings();
  const visitors = await Visitors.at(stack.app.url);
  const kills = await killWorkersUntil();
  expect(kills).toBeGreaterThan(soak(10, 100));
  const { failed, ...others } = await visitors.stop();
  expect(others).toEqual({ loggedOut: 0, lost: 0, extra: 0 });
  // A connection breaks with the worker that it was with. No answer is a wrong one.
  expect(failed.filter((reason) => !isBrokenConnection(reason))).toEqual([]);
  await untilEqual(holdings, before);
});

test('of many adds to one session none is lost and none made twice', async () => {
  const ada = await Visitor.signedIn(stack.app.url);
  const adds = new Adds(ada, soak(1_000, 10_000));
  await killWorkersUntil(adds.done);
  await adds.done;
  const count = await ada.count();
  expect(adds.acknowledged).toBe(soak(1_000, 10_000));
  expect(count).toBeGreaterThanOrEqual(adds.acknowledged);
  expect(count).toBeLessThanOrEqual(adds.acknowledged + adds.unanswered);
  ada.leave();
});

test('after a log-out in the middle of many adds the session stays dead', async () => {
  const ada = await Visitor.signedIn(stack.app.url);
  const { cookie } = ada;
  const key = createHash('sha256').update(cookie.replace('session_id=', '')).digest('base64url');
  const exists = async () => stack.redis.call('EXISTS', `session:${key}`);
  const adds = new Adds(ada, soak(1_000, 10_000));
  const killing = killWorkersUntil(adds.done);
  while (adds.acknowledged < 200) await pause(10);
  expect(await exists()).toBe(1);
  while (!(await loggedOut(ada)));
  let resurrections = 0;
  for (let going = true; going;) {
    resurrections += Number(await exists());
    going = await Promise.race([adds.done.then(() => false), pause(5, true)]);
  }
  await killing;
  expect(resurrections).toBe(0);
  const { location } = await new Visitor(stack.app.url, cookie).get(PAGE);
  expect(location).toBe(LOGIN_FIRST);
});

test('when the supervisor is killed its workers end', async () => {
  const pids = workers();
  expect(pids).toHaveLength(WORKERS);
  process.kill(stack.app.process.pid!, 'SIGKILL');
  while (anyRuns(pids)) await pause(20);
});

/** Adds to one session over many connections at once, each add as often as it takes to be acknowledged. */
class Adds {
  acknowledged = 0;
  unanswered = 0;
  readonly done: Promise<unknown>;
  readonly #cookie: string;

  constructor(visitor: Visitor, times: number) {
    this.#cookie = visitor.cookie;
    let left = times;
    const work = async (): Promise<void> => {
      const twin = visitor.twin();
      while (left-- > 0) await this.#add(twin);
      twin.leave();
    };
    this.done = Promise.all(Array.from({ length: 50 }, work));
  }

  async #add(twin: Visitor): Promise<void> {
    for (;;) {
      twin.cookie = this.#cookie;
      try {
        const { status } = await twin.post(...ADD);
        if (status !== 303) throw new Error(`answered with ${status}`);
        this.acknowledged++;
        return;
      } catch (error) {
        if (!isBrokenConnection(String(error))) throw error;
        this.unanswered++;
      }
    }
  }
}

/** Whether the log-out was acknowledged. */
async function loggedOut(visitor: Visitor): Promise<boolean> {
  try {
    return (await visitor.post('/logout', {})).status === 303;
  } catch (error) {
    if (isBrokenConnection(String(error))) return false;
    throw error;
  }
}

async function untilEqual<T>(look: () => Promise<T>, wanted: T): Promise<void> {
  const end = Date.now() + 20_000;
  while (JSON.stringify(await look()) !== JSON.stringify(wanted) && Date.now() < end) {
    await pause(100);
  }
  expect(await look()).toEqual(wanted);
}
