import { type Chooser, PasswordRules } from '../../src/passwords/password-rules.js';

const rules = new PasswordRules({ auth: { password_context_words: ['acme', 'rocket'] } });
const ADA = { name: 'Ada Lovelace', email: 'countess@analytical.example' };

const mistakeIn = async (password: string, chooser: Chooser = ADA) =>
  (await rules.strengthOf(password, chooser)).mistake;

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
])('%j is common, or close to it', async (password) => {
  expect(await mistakeIn(password)).toContain('common');
});

test.each([
  'Ada Lovelace, Ada Lovelace',
  'countess.analytical',
  'adalovelacecountess1815',
  'Acme & Rocket 2026',
  'RocketAcmeRocketAcme',
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
