import { startStack } from '../dev/stack.js';

/** Starts the built program on servers of its own, unless BASE_URL names one that runs. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env['BASE_URL']) return async () => {};
  const stack = await startStack();
  process.env['BASE_URL'] = stack.app.url;
  process.env['REDIS_URL'] = stack.redis.url;
  return async () => stack.stop();
}
