import { Client } from 'pg';

import { waitingForLocks } from '../app/in-postgres.js';

/** Lets no line of an order be written until it is released: who writes an order stands in the middle of it. */
export async function holdOrders(url: string): Promise<{
  /** Resolves once somebody waits; to the process ids of the backends that do. */
  reached(): Promise<number[]>;
  release(): Promise<void>;
}> {
  const client = new Client(url);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE order_lines IN EXCLUSIVE MODE');
  return {
    reached: async () => {
      for (;;) {
        const waiting = await waitingForLocks(url, '%order_lines%');
        if (waiting.length > 0) return waiting;
      }
    },
    release: async () => client.end(),
  };
}
