import { type Stack, startStack } from '../../dev/stack.js';
import { totpQrCode } from '../../src/second-factor/totp.js';
import { Browser } from '../app/browser.js';

const JOAN = { email: 'joan@example.com', password: 'a sentence of a few words' };
const SETUP = '/account/second-factor/setup';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => stack.stop());

test('the shop has its own name on pages, in emails and in authenticator apps', async () => {
  const joan = new Browser(stack.url);
  await joan.signUp(stack.mailbox, JOAN);
  expect(await (await joan.get('/account')).text()).toContain(' · Leaf &amp; Kettle</title>');
  expect(stack.mailbox.mailsTo(JOAN.email)[0]?.subject).toMatch(/ · Leaf & Kettle$/);
  await joan.post('/account/second-factor/begin', {});
  const setup = await joan.json<{ secret: string; qrCode: string }>(SETUP);
  const secret = setup.secret.replaceAll(' ', '');
  expect(setup.qrCode).toBe(totpQrCode(secret, JOAN.email, 'Leaf & Kettle'));
});

test('nobody’s password is made of that name', async () => {
  const joan = new Browser(stack.url);
  await joan.logIn(JOAN.email, JOAN.password);
  const change = { current: JOAN.password, password: 'kettle leaf kettle leaf' };
  const refused = await joan.post('/account/password', change);
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('This is made of your own name or address, or of ours.');
});
