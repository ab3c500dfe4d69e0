import { Passwords } from '../../src/auth/passwords.js';

const passwords = new Passwords({
  auth: { argon2: { memory_kib: 19_456, iterations: 2, parallelism: 1 } },
});
beforeAll(async () => passwords.onModuleInit());

test("a hash is argon2id with OWASP's parameters and a salt of its own", async () => {
  const [one, two] = await Promise.all([passwords.hash('tea'), passwords.hash('tea')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
});

test('the password matches its hash, and nothing else does', async () => {
  const hash = await passwords.hash(' tea for two ');
  expect(await passwords.matches(hash, ' tea for two ')).toBe(true);
  for (const other of ['tea for two', ' Tea for two ', ' tea for two \0', '']) {
    expect(await passwords.matches(hash, other)).toBe(false);
  }
  expect(await passwords.matches(undefined, ' tea for two ')).toBe(false);
});

test('nothing of a long password is cut off', async () => {
  const hash = await passwords.hash(`${'x'.repeat(200)}a`);
  expect(await passwords.matches(hash, `${'x'.repeat(200)}b`)).toBe(false);
});

test('the same characters from another keyboard are the same password', async () => {
  const hash = await passwords.hash('Zo\u00eb trinkt Tee um f\u00fcnf');
  expect(await passwords.matches(hash, 'Zoe\u0308 trinkt Tee um fu\u0308nf')).toBe(true);
});

test('a hash made with other parameters is outdated', async () => {
  const cheaper = new Passwords({
    auth: { argon2: { memory_kib: 8_192, iterations: 1, parallelism: 1 } },
  });
  expect(passwords.isOutdated(await cheaper.hash('tea'))).toBe(true);
  expect(passwords.isOutdated(await passwords.hash('tea'))).toBe(false);
});
