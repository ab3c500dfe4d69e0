import { type Machines, startApp, startMachines } from '../counter/stack.js';
import { NONE, Visitors } from './visitors.js';

let machines: Machines;
beforeAll(async () => {
  machines = await startMachines(2);
});
afterAll(async () => machines.stop());

test('behind a load balancer that knows no users, all machines are one', async () => {
  const visitors = await Visitors.at(machines.url);
  await visitors.goOn(1_000);
  expect(await visitors.stop()).toEqual(NONE);
});

test('a machine is stopped and started again: nobody is logged out and nothing lost', async () => {
  const visitors = await Visitors.at(machines.url);
  const [, second] = machines.all;
  const PORT = new URL(second!.url).port;
  await second!.stop();
  await visitors.goOn();
  const { env, settings } = machines;
  const again = await startApp({ env: { ...env, PORT }, settings });
  await visitors.goOn();
  const complaints = await visitors.stop();
  await again.stop();
  expect(complaints).toEqual(NONE);
});
