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

/**
 * The process ids of the backends that wait for a lock, with a statement like this. It is asked from a connection of
 * its own: within a transaction others look as they did the first time.
 */
export async function waitingForLocks(url: string, statement = '%'): Promise<number[]> {
  const waiting = await ask<{ pid: number }>(
    url,
    "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1",
    statement,
  );
  return waiting.map(({ pid }) => pid);
}
