import { Client } from 'pg';

import { descendants, signal } from '../../dev/process-tree.js';
import { SENDER, type SmtpServer, startSmtp } from '../../dev/smtp.js';
import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type Stack, startApp, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { until } from '../session/contract/until.js';

const PASSWORD = 'a walk along the river';

/** How long an answer waits for the mail server. */
const TIMEOUT_MS = 3_000;

const REFUSALS = {
  'no-mailbox.example': '550 no such mailbox',
  'no-mailbox-either.example': '550 5.1.1 no such mailbox',
  'policy.example': '550 5.7.1 relaying denied',
  'relay.example': '550 relay not permitted',
  'later.example': '451 4.7.1 <joan@later.example> greylisted',
};

let smtp: SmtpServer;
let stack: Stack;
let postgres: Client;
beforeAll(async () => {
  smtp = await startSmtp({ refusals: REFUSALS });
  stack = await startStack(
    { MAIL_URL: smtp.url, MAIL_FROM: 'Acme <hello@app.example>' },
    { settings: new SettingsFile(PATIENCE, { mail: { timeout_ms: TIMEOUT_MS } }) },
  );
  postgres = new Client(stack.postgres.url);
  await postgres.connect();
  // The first device is none to tell of.
  await new Browser(stack.url).logIn();
});
afterAll(async () => {
  smtp.release();
  await postgres.end();
  await stack.stop();
  await smtp.stop();
});

const ask = async (email: string) => new Browser(stack.url).post('/signup', { email });

/** Logs in with a device that is not known yet, of which the user is told. */
async function logInElsewhere(): Promise<void> {
  expect((await new Browser(stack.url).logIn()).status).toBe(303);
}

const emailsTo = (address: string, subject = '') =>
  smtp.received.filter(({ to, source }) => to === address && source.includes(subject));

async function outbox(address: string): Promise<{ text: string; attempts: number }[]> {
  const found = await postgres.query('SELECT * FROM outbox_emails WHERE "to" = $1', [address]);
  return found.rows as { text: string; attempts: number }[];
}

test('mails go to the mail server of the settings', async () => {
  expect((await ask('joan@example.com')).status).toBe(303);
  const [email] = emailsTo('joan@example.com');
  expect(email?.source).toMatch(/^From: .*<hello@app.example>\r$/m);
  expect(email?.source).toMatch(/^Message-ID: <[\w-]+@app.example>\r$/m);
  expect(email?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(email?.source).toContain('http://app.example/signup/finish?token=');
  expect(await outbox('joan@example.com')).toEqual([]);
});

test('an address gets its mail, whatever characters it is made of', async () => {
  const local = "o'brien&co+tag/x=1!#$%*-?^_`{|}~";
  expect((await ask(`${local}@пример.рф`)).status).toBe(303);
  // The server shows domains as people read them.
  expect(smtp.received.at(-1)?.to).toBe(`${local}@пример.рф`);
  expect(smtp.received.at(-1)?.source).toContain(`To: ${local}@xn--e1afmkfd.xn--p1ai\r`);
});

test('with a mail server there is no page that shows everybody’s mails', async () => {
  expect((await new Browser(stack.url).get('/inbox')).status).toBe(404);
});

test.each(['joan@no-mailbox.example', 'joan@no-mailbox-either.example'])(
  'that there is no mailbox at %s is said to whoever gave the address',
  async (address) => {
    const answer = await ask(address);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('takes no mail for this address');
    expect(await outbox(address)).toEqual([]);
  },
);

test.each([
  ['joan@policy.example', 'relaying denied'],
  ['joan@relay.example', 'relay not permitted'],
  ['joan@later.example', 'greylisted'],
])(
  'that the mail server refuses %s for other reasons is said to the operator, and it is tried again',
  async (address, reason) => {
    expect((await ask(address)).status).toBe(303);
    expect(await outbox(address)).toHaveLength(1);
    await until(async () => stack.app.output().includes(reason));
    expect(stack.app.output()).not.toContain(address);
  },
);

test.each(['a@b.example\r\nBcc: x@evil.example', 'a@b.example, x@evil.example', '<a@b.example>'])(
  'the address %j gets nobody a mail',
  async (address) => {
    const before = smtp.received.length;
    expect((await ask(address)).status).toBe(422);
    expect(smtp.received).toHaveLength(before);
  },
);

test('a mail server that greets late gets every mail, and nobody waits for it', async () => {
  smtp.hold();
  const before = emailsTo('ada@example.com').length;
  await logInElsewhere();
  expect((await ask('late@example.com')).status).toBe(303);
  const [waiting] = await outbox('late@example.com');
  // The link gets its token when it is sent: what is kept opens nothing.
  expect(waiting?.text).not.toContain('token');
  smtp.release();
  await until(async () => emailsTo('late@example.com').length === 1);
  await until(async () => emailsTo('ada@example.com').length === before + 1);
});

afterEach(() => smtp.release());

test('while the mail server is away nobody notices, and once it is back all mails come', async () => {
  const { port } = new URL(smtp.url);
  await smtp.stop();
  expect((await ask('away@example.com')).status).toBe(303);
  const grace = new Browser(stack.url);
  await grace.logIn('grace@example.com');
  const change = { current: PASSWORD, password: 'a swim across the lake' };
  expect((await grace.post('/account/password', change)).status).toBe(303);
  smtp = await startSmtp({ port: Number(port), refusals: REFUSALS });
  await until(async () => emailsTo('away@example.com').length === 1);
  await until(async () => emailsTo('grace@example.com', 'was changed just now').length === 1);
});

test('what has piled up is sent without a pause, and what is too old is given up', async () => {
  const add = `INSERT INTO outbox_emails (id, "to", subject, text, expires_at)
    SELECT gen_random_uuid(), $1, 'News', 'Some news.', now() + make_interval(hours => $2)
    FROM generate_series(1, $3)`;
  await postgres.query(add, ['old@example.com', -1, 1]);
  await postgres.query(add, ['many@example.com', 1, 300]);
  await until(async () => emailsTo('many@example.com').length === 300);
  await until(async () => (await outbox('old@example.com')).length === 0);
  expect(emailsTo('old@example.com')).toEqual([]);
  await until(async () => stack.app.output().includes('attempt 0: given up'));
});

test('news is given up at once only where it is certain that there is no mailbox', async () => {
  const add = `INSERT INTO outbox_emails (id, "to", subject, text, expires_at)
    VALUES (gen_random_uuid(), $1, 'News', 'Some news.', now() + interval '1 hour')`;
  await postgres.query(add, ['ann@no-mailbox.example']);
  await postgres.query(add, ['ann@no-mailbox-either.example']);
  await until(async () => (await outbox('ann@no-mailbox-either.example')).length === 0);
  await until(async () => (await outbox('ann@no-mailbox.example'))[0]?.attempts === 1);
});

test('a killed worker’s mails are sent by the others, once each', async () => {
  smtp.hold();
  const before = emailsTo('ada@example.com').length;
  await logInElsewhere();
  await until(async () => smtp.held > 0);
  for (const pid of descendants(stack.app.process.pid!)) signal(pid, 'SIGKILL');
  smtp.release();
  await until(async () => emailsTo('ada@example.com').length > before);
  await until(async () => (await outbox('ada@example.com')).length === 0);
  expect(emailsTo('ada@example.com')).toHaveLength(before + 1);
});

test('an app that stops sends what it has begun before', async () => {
  const app = await startApp({ env: { ...stack.env, WORKERS: '1' }, settings: stack.settings });
  const before = emailsTo('ada@example.com').length;
  expect((await new Browser(app.url).logIn()).status).toBe(303);
  expect(await app.stop()).toBe(0);
  await until(async () => emailsTo('ada@example.com').length === before + 1);
  expect(await outbox('ada@example.com')).toEqual([]);
});

test('a mail server that refuses the sender is the operator’s matter, not the visitor’s', async () => {
  const refusing = await startSmtp({ refusals: { [SENDER]: '553 sender address rejected' } });
  const env = { ...stack.env, WORKERS: '1', MAIL_URL: refusing.url };
  const app = await startApp({ env, settings: stack.settings });
  const answer = await new Browser(app.url).post('/signup', { email: 'joan@sender.example' });
  expect(answer.status).toBe(303);
  await until(async () => /553 sender address rejected.*mail\.from/.test(app.output()));
  await app.stop();
  await refusing.stop();
});
