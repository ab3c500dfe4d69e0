import {
  type App,
  type AppOptions,
  type BuiltApp,
  startApp as startBuiltApp,
} from '../../dev/app.js';
import { type Machines, startMachines as startOnMachines } from '../../dev/machines.js';
import type { StoreName } from '../../dev/session-store.js';
import {
  type RedisStack,
  type RedisStackOptions,
  type Stack,
  type StackOptions,
  startStack as startOnRedis,
  startStackOn as startOn,
} from '../../dev/stack.js';

export type { App } from '../../dev/app.js';
export type { Machines } from '../../dev/machines.js';
export type { RedisStack, Stack } from '../../dev/stack.js';

/** The app of the tests, as `npm run build:test` builds it. */
export const COUNTER_APP: BuiltApp = {
  main: 'dist/test/counter/main.js',
  seed: 'dist/test/counter/seed.js',
};

/** Starts the app of the tests on Redis, with two workers unless `env` says otherwise. */
export async function startStack(
  env: Readonly<Record<string, string>> = {},
  options: RedisStackOptions = {},
): Promise<RedisStack> {
  return startOnRedis(env, { app: COUNTER_APP, ...options });
}

/** Starts the app of the tests on a session store. */
export async function startStackOn(
  storeName: StoreName,
  options: StackOptions = {},
): Promise<Stack> {
  return startOn(storeName, { app: COUNTER_APP, ...options });
}

/** Starts the app of the tests by itself. */
export async function startApp(options: AppOptions): Promise<App> {
  return startBuiltApp({ app: COUNTER_APP, ...options });
}

/** Starts the app of the tests on several machines. */
export async function startMachines(
  count: number,
  env: Readonly<Record<string, string>> = {},
  options: RedisStackOptions = {},
): Promise<Machines> {
  return startOnMachines(count, env, { app: COUNTER_APP, ...options });
}
