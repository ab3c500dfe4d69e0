import { Logger } from '@nestjs/common';
import { Client } from 'pg';

import { lifetimeOf } from '../src/app.session.js';
import { storeSettings } from '../src/app.session-store.js';
import { loadConfig } from '../src/config/load-config.js';
import { openStore } from '../src/session/stores/open-store.js';

const TIMEOUT_MS = 5_000;

/** @throws Error in words for who has set DATABASE_URL, when the server that it names can't be used */
export async function expectDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS });
  client.on('error', () => undefined);
  await expect('DATABASE_URL', url, async () => {
    await client.connect();
    await client.end();
  });
}

/** @throws Error in words for who has set a variable, when the session store that it names can't be used */
export async function expectStore(variable: string, env: NodeJS.ProcessEnv): Promise<void> {
  // What goes wrong is said once, by whoever catches it.
  Logger.overrideLogger(false);
  const { session } = await loadConfig('config/server.yaml', env);
  const opened = await openStore(storeSettings(session), lifetimeOf(session));
  await expect(variable, env[variable] ?? '', async () => {
    try {
      await opened.ping();
    } finally {
      await opened.close();
    }
  });
}

async function expect(variable: string, url: string, ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (cause) {
    // The hosts alone: the rest may be a password.
    const hosts = url.split(',').map((each) => new URL(each).host);
    throw new Error(
      `What ${variable} names at ${hosts.join(', ')} can't be used: ${reasonOf(cause)}.\n` +
        `Start it, or correct the variable. Without it a server of its own is started.`,
      { cause },
    );
  }
}

/** What the driver said: at the bottom of what was made of it. An error for several addresses has a code, and no words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const [first = ''] = error.message.split('\n');
  return first.replace(/\.$/, '') || ('code' in error ? String(error.code) : error.name);
}
