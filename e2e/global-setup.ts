import { startMachines } from '../dev/machines.js';
import { STORES } from '../dev/session-store.js';
import { startStackOn } from '../dev/stack.js';

/**
 * Starts the built program on servers of its own, unless BASE_URL names one that runs: with the session store that
 * SESSION_STORE names, on one machine, or with Redis on as many as MACHINES says, behind one address.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env['BASE_URL']) return async () => {};
  const machines = Number(process.env['MACHINES'] ?? 1);
  const env = { BEHIND_THIS_PAGE: 'true' };
  const stack =
    machines > 1 ? await startMachines(machines, env) : await startStackOn(storeName(), { env });
  Object.assign(process.env, stack.env, { BASE_URL: stack.url, STARTED_FOR_TESTS: 'yes' });
  return async () => stack.stop();
}

function storeName(): (typeof STORES)[number] {
  const asked = process.env['SESSION_STORE'] ?? 'redis';
  const store = STORES.find((name) => name === asked);
  if (store) return store;
  throw new Error(`There is no session store ${asked}. There are: ${STORES.join(', ')}`);
}
