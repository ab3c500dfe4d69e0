import { startMachines } from '../dev/machines.js';
import { startStack } from '../dev/stack.js';

/**
 * Starts the built program on servers of its own, unless BASE_URL names one that runs: on one machine, or on as many as
 * MACHINES says, behind one address.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env['BASE_URL']) return async () => {};
  const machines = Number(process.env['MACHINES'] ?? 1);
  const stack = machines > 1 ? await startMachines(machines) : await startStack();
  process.env['BASE_URL'] = stack.url;
  process.env['REDIS_URL'] = stack.redis.url;
  process.env['MAIL_URL'] = stack.mailbox.url;
  process.env['DATABASE_URL'] = stack.postgres.url;
  return async () => stack.stop();
}
