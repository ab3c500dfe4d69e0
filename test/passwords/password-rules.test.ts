import { defineForm } from '../../src/http/form.js';
import { FormRejected, TooManyTries, TryAgainLater } from '../../src/http/http.errors.js';
import { newPassword } from '../../src/passwords/password-fields.js';
import { type Chooser, PasswordRules } from '../../src/passwords/password-rules.js';
import { StrengthEstimator } from '../../src/passwords/strength-estimator.js';

const threadFile = new URL('../../dist/src/passwords/strength-thread.js', import.meta.url);
const estimator = new StrengthEstimator(threadFile);
const config = { auth: { password_context_words: ['acme', 'rocket'] } };
const rules = new PasswordRules(config, 'Nimbus & Co', estimator);
afterAll(async () => estimator.onApplicationShutdown());

const ADA = { name: 'Ada Lovelace', email: 'countess@analytical.example' };
const CLIENT = { requestId: 'test', address: '198.51.100.1' };

const mistakeIn = async (password: string, chooser: Chooser = ADA) =>
  (await rules.strengthOf(password, chooser, CLIENT)).mistake;

test.each([
  'a walk along the river',
  'correct horse battery staple',
  'correcthorsebatterystaple',
  'Ada went home at noon',
  // A listed password within a longer one is no listed password.
  'password of the seven seas',
  'ein Satz mit Umlauten wie ä und ß',
  'пароль из нескольких слов',
  '三人で九時にお茶を飲みましょうね',
  '🫖🍵🌿🔥💧🕛🪑🥄🍯🍋🌧🎶📚🐈😴',
  'q7#Vd2!xLw9@Zt4',
  'a sentence of more than 64 code points, as a password manager or a poet makes it',
])('%j may be chosen', async (password) => {
  expect(await mistakeIn(password)).toBeNull();
});

test.each([
  'passwordpassword',
  'password1234567',
  'Password1234567!',
  '123456789012345',
  'qwertyuiopasdfgh',
  'mypasswordispassword',
  '1q2w3e4r5t6y7u8i',
  'zxcvbnmasdfghjkl',
  'iloveyouiloveyou',
  'letmeinletmeinletmein',
  'christopherchristopher',
  'manchesterunited',
  'abcdefghijklmnopqrstuvwxyz',
  'a'.repeat(15),
  'a'.repeat(256),
  '1a'.repeat(100),
  '19881988198819881988',
  // What is left of a repetition where the judging ends does not make them strong.
  '@4$$w0rd!'.repeat(4),
  'P@ssw0rd2024!'.repeat(4),
  'princess2000x'.repeat(5),
])('%j is common, or close to it', async (password) => {
  expect(await mistakeIn(password)).toContain('common');
});

test.each([
  'Ada Lovelace, Ada Lovelace',
  'countess.analytical',
  'adalovelacecountess1815',
  'Acme & Rocket 2026',
  'RocketAcmeRocketAcme',
  'Nimbus, Nimbus 2026',
  'ａｄａ ｌｏｖｅｌａｃｅ ａｄａ ｌｏｖｅｌａｃｅ',
])('%j is made of own words', async (password) => {
  expect(await mistakeIn(password)).toContain('made of');
});

test('what is nobody’s own word may be chosen by others', async () => {
  const password = 'Ada Lovelace, Ada Countess';
  expect(await mistakeIn(password, { name: 'Grace', email: 'grace@navy.example' })).toBeNull();
});

test.each([
  ['14 code points', '🫖🍵🌿🔥💧🕛🪑🥄🍯🍋🌧🎶📚🐈', 'at least 15'],
  ['257 code points', 'two by two, '.repeat(21) + 'noon!', 'at most 256'],
])('%s are refused', async (_, password, says) => {
  expect(await mistakeIn(password)).toContain(says);
});

/** It takes long to judge: each character may stand for a letter. */
const TOILSOME = '@4$$w0rd 1337 5h0u1d n07 b3 g00d @ 4ll';

test('while a password is judged the event loop serves others', async () => {
  await rules.strengthOf(TOILSOME, ADA, CLIENT);
  let turns = 0;
  let judged = false;
  const turn = () => {
    turns++;
    if (!judged) setImmediate(turn);
  };
  setImmediate(turn);
  await rules.strengthOf(TOILSOME, ADA, CLIENT);
  judged = true;
  expect(turns).toBeGreaterThan(2);
});

test('a client that has many passwords judged at once keeps no other client out', async () => {
  const many = Array.from({ length: 100 }, async () => rules.strengthOf(TOILSOME, ADA, CLIENT));
  const settled = Promise.allSettled(many);
  const other = { requestId: 'test', address: '198.51.100.2' };
  expect((await rules.strengthOf('a walk along the river', ADA, other)).mistake).toBeNull();
  const refused = (await settled).filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(50);
  for (const { reason } of refused as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(TryAgainLater);
  }
});

test('a client can’t send forms with new passwords without end, and others can', async () => {
  const form = defineForm({ password: newPassword });
  const send = async (address: string) =>
    rules.check(form, { password: 'short' }, ADA, { requestId: 'test', address });
  const answers = await Promise.allSettled(
    Array.from({ length: 200 }, async () => send('198.51.100.3')),
  );
  const errors = (answers as PromiseRejectedResult[]).map(({ reason }) => reason as Error);
  expect(errors.filter((error) => error instanceof FormRejected)).toHaveLength(120);
  expect(errors.filter((error) => error instanceof TooManyTries)).toHaveLength(80);
  await expect(send('198.51.100.4')).rejects.toThrow(FormRejected);
});
