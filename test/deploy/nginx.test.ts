import { descendants, signal } from '../../dev/process-tree.js';
import { Browser } from '../app/browser.js';
import { type Machines, startMachines } from '../counter/stack.js';
import { until } from '../session/contract/until.js';

/** As in deploy/: nginx is the only one that the program believes. */
let machines: Machines;
beforeAll(async () => {
  machines = await startMachines(2, { TRUST_PROXY: '127.0.0.1' });
});
afterAll(async () => machines.stop());

test('what a client says of its own address and scheme is put away', async () => {
  const forged = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' };
  const wrong = { email: 'nobody@example.com', password: 'wrong' };
  const browser = new Browser(machines.url);
  await browser.post('/login', wrong, forged);
  const logged = () => machines.all.map((app) => app.output()).join('\n');
  await until(async () => logged().includes('"authn_login_fail"'));
  expect(logged()).toContain('"address":"127.0.0.1"');
  expect(logged()).not.toContain('198.51.100.7');
  const login = await browser.post('/login', LOGIN, forged);
  expect(login.headers.getSetCookie().join()).toMatch(/(^|,)session_id=/);
});

test('after workers of all machines were killed nginx still goes to these machines', async () => {
  const browser = new Browser(machines.url);
  await browser.logIn();
  const reading = new AbortController();
  let answered = 0;
  // What is under way to a worker that is killed may fail, and tells nginx nothing of its machine.
  const readers = Array.from({ length: 4 }, async () => {
    while (!reading.signal.aborted) {
      await browser.get('/account');
      answered++;
    }
  });
  for (let i = 0; i < 6; i++) {
    const { process } = machines.all[i % 2]!;
    signal(descendants(process.pid!)[0]!, 'SIGKILL');
    const before = answered;
    await until(async () => descendants(process.pid!).length === 2 && answered > before + 10);
  }
  reading.abort();
  await Promise.all(readers);
  for (let i = 0; i < 20; i++) expect((await browser.get('/account')).status).toBe(200);
});

test('one machine is killed: no page fails', async () => {
  const browser = new Browser(machines.url);
  await browser.logIn();
  await machines.all[1]!.kill();
  for (let i = 0; i < 20; i++) expect((await browser.get('/account')).status).toBe(200);
});

test('a form that is larger than any of the program’s is refused', async () => {
  const note = 'x'.repeat(70_000);
  const { status } = await new Browser(machines.url).post('/login', { ...LOGIN, note });
  expect(status).toBe(413);
});

const LOGIN = { email: 'ada@example.com', password: 'a walk along the river' };
