import { setTimeout as pause } from 'node:timers/promises';

import { Passwords, PasswordsBusy } from '../../src/passwords/passwords.js';

const OWASP = {
  ...{ memory_kib: 19_456, iterations: 2, parallelism: 1 },
  ...{ at_once: 1, waiting: 40, max_wait_ms: 60_000 },
};

const ADA = clientAt('198.51.100.1');

const passwords = new Passwords(withCost(OWASP));
beforeAll(async () => passwords.onModuleInit());

test("a hash is argon2id with OWASP's parameters and a salt of its own", async () => {
  const [one, two] = await Promise.all([passwords.hash('sun', ADA), passwords.hash('sun', ADA)]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
});

test('the password matches its hash, and nothing else does', async () => {
  const hash = await passwords.hash(' two by two ', ADA);
  expect(await passwords.matches(hash, ' two by two ', ADA)).toBe(true);
  for (const other of ['two by two', ' Two by two ', ' two by two \0', '']) {
    expect(await passwords.matches(hash, other, ADA)).toBe(false);
  }
  expect(await passwords.matches(undefined, ' two by two ', ADA)).toBe(false);
});

test('nothing of a long password is cut off', async () => {
  const hash = await passwords.hash(`${'x'.repeat(200)}a`, ADA);
  expect(await passwords.matches(hash, `${'x'.repeat(200)}b`, ADA)).toBe(false);
});

test('the same characters from another keyboard are the same password', async () => {
  const hash = await passwords.hash('Zo\u00eb trinkt Tee um f\u00fcnf', ADA);
  expect(await passwords.matches(hash, 'Zoe\u0308 trinkt Tee um fu\u0308nf', ADA)).toBe(true);
});

test('a hash made with other parameters is outdated', async () => {
  const cheaper = new Passwords(withCost({ ...OWASP, memory_kib: 8_192, iterations: 1 }));
  expect(passwords.isOutdated(await cheaper.hash('sun', ADA))).toBe(true);
  expect(passwords.isOutdated(await passwords.hash('sun', ADA))).toBe(false);
});

const SALT_AND_HASH = 'c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g';

test.each([
  `$argon2id$v=19$m=8388608,t=2,p=1$${SALT_AND_HASH}`,
  `$argon2id$v=19$m=19456,t=1000000,p=1$${SALT_AND_HASH}`,
  `$argon2id$v=19$m=19456,t=2,p=255$${SALT_AND_HASH}`,
  `$argon2id$v=19$m=99999999999999999999,t=2,p=1$${SALT_AND_HASH}`,
  `$argon2i$v=19$m=19456,t=2,p=1$${SALT_AND_HASH}`,
  '$2b$20$abcdefghijklmnopqrstuuu',
  'two by two at noon',
  '$argon2id$',
  '',
])(
  'a stored hash %j matches nothing, costs no more than any other and is no error',
  async (hash) => {
    const before = process.memoryUsage.rss();
    const started = performance.now();
    expect(await passwords.matches(hash, 'two by two at noon', ADA)).toBe(false);
    // It would take minutes and gigabytes.
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(512 * 1_024 * 1_024);
  },
);

test('past what may wait it says so, and those who wait get their answer', async () => {
  const few = new Passwords(withCost({ ...OWASP, waiting: 3 }));
  await few.onModuleInit();
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, async () => few.matches(undefined, 'sun', ADA)),
  );
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(4);
  expect(refused.length).toBeGreaterThanOrEqual(14);
  for (const { reason } of refused as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(PasswordsBusy);
  }
  expect(await few.matches(undefined, 'sun', ADA)).toBe(false);
});

test('who has waited for longer than may be is told so, and their password is not looked at', async () => {
  const slow = new Passwords(withCost({ ...OWASP, iterations: 100, max_wait_ms: 50 }));
  await slow.onModuleInit();
  const first = slow.matches(undefined, 'sun', ADA);
  const second = slow.matches(undefined, 'sun', ADA);
  await expect(second).rejects.toThrow(PasswordsBusy);
  expect(await first).toBe(false);
});

test('a login whose turn comes too late is not begun', async () => {
  const late = new Passwords(withCost({ ...OWASP, max_wait_ms: 50 }));
  const begun: string[] = [];
  const logIn = async (who: string) =>
    late.logIn(ADA, async () => {
      begun.push(who);
      return pause(100, who);
    });
  const all = await Promise.allSettled(['one', 'two', 'three'].map(logIn));
  expect(begun).toEqual(['one', 'two']);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(all[2]).toMatchObject({ reason: expect.any(PasswordsBusy) });
});

function withCost(argon2: typeof OWASP) {
  return { auth: { argon2 } };
}

function clientAt(address: string) {
  return { requestId: 'test', address };
}
