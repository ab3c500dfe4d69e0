import { TcpProxy } from '../../dev/tcp-proxy.js';
import { type RedisServer, startRedis } from '../../dev/redis.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startStackOn } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD, type CounterPage, LOGIN_FIRST, PAGE } from '../counter/pages.js';
import { keyOf } from './session-in-redis.js';

let redis: RedisServer;
let network: TcpProxy;
let stack: Stack;
let ada: Browser;
beforeAll(async () => {
  redis = await startRedis();
  network = await TcpProxy.to(redis.port);
  // One worker: of two, each finds a server again at a time of its own.
  const env = { REDIS_URL: `redis://127.0.0.1:${network.port}`, WORKERS: '1' };
  stack = await startStackOn('redis', { env, settings: new SettingsFile() });
  ada = new Browser(stack.url);
  await ada.logIn();
  await ada.post(...ADD);
});
afterAll(async () => {
  await stack.stop();
  network.close();
  await redis.stop();
});

interface Fault {
  readonly name: string;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  /** Whether signed-in pages are still shown. */
  readonly reads?: boolean;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'takes two seconds for each answer',
    begin: async () => (network.delayMs = 2_000),
    end: async () => network.heal(),
  },
  {
    name: 'is behind a network that swallows everything',
    begin: async () => network.swallow(),
    end: async () => network.heal(),
  },
  {
    name: 'is busy with a script',
    begin: async () => {
      await redis.call('CONFIG', 'SET', 'busy-reply-threshold', 50);
      void redis.call('EVAL', 'while true do end', 0).catch(() => undefined);
    },
    end: async () => redis.call('SCRIPT', 'KILL'),
  },
  {
    name: 'is full',
    begin: async () => redis.call('CONFIG', 'SET', 'maxmemory', 1),
    end: async () => redis.call('CONFIG', 'SET', 'maxmemory', 0),
    reads: true,
  },
  {
    name: 'has become a replica',
    begin: async () => redis.call('REPLICAOF', '127.0.0.1', 1),
    end: async () => redis.call('REPLICAOF', 'NO', 'ONE'),
  },
  {
    name: 'misses replicas',
    begin: async () => redis.call('CONFIG', 'SET', 'min-replicas-to-write', 1),
    end: async () => redis.call('CONFIG', 'SET', 'min-replicas-to-write', 0),
    reads: true,
  },
  {
    name: 'takes a right away',
    begin: async () => redis.call('ACL', 'SETUSER', 'default', '-getex', '-eval', '-evalsha'),
    end: async () => redis.call('ACL', 'SETUSER', 'default', '+@all'),
  },
];

describe.each(FAULTS)('while Redis $name', ({ begin, end, reads = false }) => {
  beforeAll(async () => {
    await untilServed();
    await begin();
  });

  test('changes answer 503, in time, and nobody is logged out', async () => {
    const started = Date.now();
    const answers = [await ada.post(...ADD)];
    if (!reads) answers.push(await ada.get(PAGE));
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(Date.now() - started).toBeLessThan(answers.length * 2_000);
    if (reads) expect((await ada.get(PAGE)).status).toBe(200);
  });

  test('nobody gets in', async () => {
    expect((await new Browser(stack.url).logIn()).status).toBe(503);
    const stranger = new Browser(stack.url);
    stranger.cookie = `session_id=${'A'.repeat(43)}`;
    expect([303, 503]).toContain((await stranger.get(PAGE)).status);
  });

  test('pages for everybody are shown to everybody', async () => {
    expect((await ada.get('/')).status).toBe(200);
    expect((await new Browser(stack.url).get('/')).status).toBe(200);
  });

  test('and afterwards all is as it was', async () => {
    await end();
    await untilServed();
    expect(await ada.json<CounterPage>(PAGE)).toMatchObject({ count: 1 });
  });
});

test('while Redis is full a session can still be ended', async () => {
  const grace = new Browser(stack.url);
  await grace.logIn('grace@example.com');
  const { cookie } = grace;
  await redis.call('CONFIG', 'SET', 'maxmemory', 1);
  expect((await grace.post('/logout', {})).status).toBe(303);
  await redis.call('CONFIG', 'SET', 'maxmemory', 0);
  grace.cookie = cookie;
  expect(await grace.isIn()).toBe(false);
});

test('a key that holds something else is no session', async () => {
  const grace = new Browser(stack.url);
  await grace.logIn('grace@example.com');
  await redis.call('DEL', keyOf(grace));
  await redis.call('RPUSH', keyOf(grace), 'a', 'b');
  expect((await grace.get(PAGE)).headers.get('location')).toBe(LOGIN_FIRST);
});

test('all sessions are wiped: everybody is asked to log in, and guesses stay counted', async () => {
  for (let i = 0; i < 20; i++) await new Browser(stack.url).logIn('wiped@example.com', 'wrong');
  const users = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const user = new Browser(stack.url);
      await user.logIn();
      return user;
    }),
  );
  await redis.call('FLUSHALL');
  for (const user of [ada, ...users]) {
    const answer = await user.get(PAGE);
    expect(answer.headers.get('location')).toBe(LOGIN_FIRST);
    expect((await user.logIn()).status).toBe(303);
  }
  expect((await new Browser(stack.url).logIn('wiped@example.com', 'wrong')).status).toBe(429);
});

test('through all of it no worker ended', () => {
  expect(stack.app.output()).not.toContain('ended:');
  expect(stack.app.output()).not.toContain('nhandled');
  expect(stack.app.output()).not.toContain('"level":60');
});

async function untilServed(): Promise<void> {
  while ((await ada.get(PAGE)).status !== 200);
}
