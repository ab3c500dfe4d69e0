import { type Machines, startMachines } from '../dev/machines.js';
import { anyRuns, descendants, signal } from '../dev/process-tree.js';
import { COUNTER_APP } from '../test/counter/stack.js';
import { needServersOfItsOwn } from './needs.js';
import { type Server, serverFixture } from './server.js';
import { chapter, expect, test as base } from './visitor.js';

chapter(
  'Whatever is restarted, replaced or killed: who is logged in stays so, and the count is what it was. ' +
    'No worker knows anything of a user; what they all know is in the store. Here every worker is killed ' +
    'and replaced, Redis restarts, and a whole machine dies while somebody counts.',
);
needServersOfItsOwn();

const test = base.extend<object, { machines: Machines; server: Server }>({
  machines: serverFixture(async () =>
    startMachines(
      2,
      { LOG_LEVEL: 'info' },
      { app: COUNTER_APP, redisArgs: ['--appendonly', 'yes', '--appendfsync', 'always'] },
    ),
  ),
  server: [async ({ machines }, use) => use(machines), { scope: 'worker' }],
});

test.beforeEach(async ({ visitor }) => {
  await visitor.beLoggedIn();
  await visitor.countOneMore();
});

const workersOf = ({ all }: Machines) => all.flatMap((app) => descendants(app.process.pid!));

test('all workers of a machine are killed while I count', async ({ machines, anotherBrowser }) => {
  const machine = machines.all[0]!;
  const visitor = await anotherBrowser({ baseURL: machine.url });
  await visitor.beLoggedIn();
  for (let counted = 1; counted <= 3; counted++) {
    await visitor.countOneMore();
    const killed = descendants(machine.process.pid!);
    for (const pid of killed) signal(pid, 'SIGKILL');
    expect(await visitor.counted()).toBe(counted);
    expect(anyRuns(killed)).toBe(false);
  }
});

test('every worker is replaced while I count', async ({ machines, visitor }) => {
  const before = workersOf(machines);
  for (const app of machines.all) app.process.kill('SIGHUP');
  let counted = 1;
  while (anyRuns(before)) {
    await visitor.countOneMore();
    counted++;
    expect(visitor.path()).toBe('/counter');
  }
  expect(await visitor.counted()).toBe(counted);
});

test('Redis restarts while I count', async ({ machines, visitor, page }) => {
  await machines.redis.kill();
  await visitor.open('/counter');
  await expect(page.getByRole('heading', { name: 'One moment, please' })).toBeVisible();
  await expect(page.getByText('You have not been logged out')).toBeVisible();
  await machines.redis.start();
  await expect(async () => {
    await visitor.follow('Try again');
    await expect(page.getByRole('heading', { name: 'Counter' })).toBeVisible({ timeout: 1 });
  }).toPass();
  expect(await visitor.counted()).toBe(1);
});

test('two machines, one count', async ({ machines, visitor }) => {
  const answered = () =>
    machines.all.map((app) => app.output().split('"route":"/counter"').length - 1);
  const before = answered();
  for (let i = 0; i < 6; i++) expect(await visitor.counted()).toBe(1);
  // Both have answered.
  await expect.poll(() => answered().every((count, i) => count > (before[i] ?? 0))).toBe(true);
});

test('a whole machine dies while I count', async ({ machines, visitor }) => {
  await machines.all[1]?.kill();
  for (let counted = 2; counted <= 5; counted++) {
    await visitor.countOneMore();
    expect(await visitor.counted()).toBe(counted);
  }
});
