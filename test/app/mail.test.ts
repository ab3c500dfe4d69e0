import { type SmtpServer, startSmtp } from '../../dev/smtp.js';
import { type Stack, startStack } from '../../dev/stack.js';
import { Browser } from './browser.js';

let smtp: SmtpServer;
let stack: Stack;
beforeAll(async () => {
  smtp = await startSmtp();
  stack = await startStack({
    MAIL_URL: smtp.url,
    MAIL_FROM: 'Acme <hello@app.example>',
  });
});
afterAll(async () => {
  await stack.stop();
  await smtp.stop();
});

const ask = async (email: string) => new Browser(stack.url).post('/signup', { email });

test('mails go to the mail server of the settings', async () => {
  expect((await ask('joan@example.com')).status).toBe(303);
  expect(smtp.received).toHaveLength(1);
  const [mail] = smtp.received;
  expect(mail?.to).toBe('joan@example.com');
  expect(mail?.source).toMatch(/^From: .*<hello@app.example>\r$/m);
  expect(mail?.source).toContain('http://app.example/signup/finish?token=');
});

test('with a mail server there is no page that shows everybody’s mails', async () => {
  expect((await new Browser(stack.url).get('/inbox')).status).toBe(404);
});

test('an address that the mail server takes nothing for is said to whoever gave it', async () => {
  const answer = await ask('joan@refused.example');
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain('takes no mail for this address');
});

test.each(['a@b.example\r\nBcc: x@evil.example', 'a@b.example, x@evil.example', '<a@b.example>'])(
  'the address %j gets nobody a mail',
  async (address) => {
    const before = smtp.received.length;
    expect((await ask(address)).status).toBe(422);
    expect(smtp.received).toHaveLength(before);
  },
);

test('while the mail server is away a link is answered with 503, and everything else works', async () => {
  await smtp.stop();
  const answer = await ask('joan@example.com');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).not.toBeNull();
  expect(await answer.text()).toContain('can’t send a mail');
  const browser = new Browser(stack.url);
  expect((await browser.logIn()).status).toBe(303);
  const change = { current: 'a walk along the river', password: 'a swim across the lake' };
  expect((await browser.post('/account/password', change)).status).toBe(303);
});
