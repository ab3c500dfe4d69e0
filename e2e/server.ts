import type { WorkerFixture } from '@playwright/test';

import type { BuiltApp } from '../dev/app.js';
import { startMachines } from '../dev/machines.js';
import { STORES, type StoreName } from '../dev/session-store.js';
import { startStackOn } from '../dev/stack.js';

/** The server that tests go to. */
export interface Server {
  /** Where browsers go. */
  readonly url: string;
  /** The variables that it was started with: with BASE_URL those of the tests, which may lack some. */
  readonly env: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

/** The slowest start is that of several machines. */
const START_TIMEOUT_MS = 120_000;

type WorkerScoped<T> = [WorkerFixture<T, object>, { scope: 'worker'; timeout: number }];

/** A fixture that starts a server before the first test that needs it, and stops it after the last one. */
export function serverFixture<T extends Server>(start: () => Promise<T>): WorkerScoped<T> {
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the parameter's pattern
  const fixture: WorkerFixture<T, object> = async ({}, use) => {
    const server = await start();
    await use(server);
    await server.stop();
  };
  return [fixture, { scope: 'worker', timeout: START_TIMEOUT_MS }];
}

/**
 * Starts a built app on servers of its own, unless BASE_URL names one that runs: with the session store that
 * SESSION_STORE names, on one machine, or with Redis on as many as MACHINES says, behind one address.
 */
export async function startServer(app: BuiltApp): Promise<Server> {
  const url = process.env['BASE_URL'];
  if (url) return { url, env: process.env, stop: async () => {} };
  const machines = Number(process.env['MACHINES'] ?? 1);
  return machines > 1 ? startMachines(machines, {}, { app }) : startStackOn(storeName(), { app });
}

/** The session store that the server has. */
export function storeName(): StoreName {
  const asked = process.env['SESSION_STORE'] ?? 'redis';
  const store = STORES.find((name) => name === asked);
  if (store) return store;
  throw new Error(`There is no session store ${asked}. There are: ${STORES.join(', ')}`);
}
