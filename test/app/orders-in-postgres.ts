import { Client } from 'pg';

/** Asks the database past the program. */
export async function ask<Row extends object>(url: string, sql: string, ...values: unknown[]) {
  const client = new Client({ connectionString: url, options: '-c log_statement=none' });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

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
        const waiting = await ask<{ pid: number }>(
          url,
          "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%order_lines%'",
        );
        if (waiting.length > 0) return waiting.map(({ pid }) => pid);
      }
    },
    release: async () => client.end(),
  };
}
