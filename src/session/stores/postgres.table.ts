import { plainName, SWEEP_ROWS } from './sql.settings.js';

/** The statements of the PostgreSQL store. */
export type PostgresTable = ReturnType<typeof postgresTable>;

/**
 * - `owner` is the user's id in UTF-8: bytes are compared as they are, and may be any.
 * - `dies_at` is when the session ends if nobody reads it, never after `expires_at`. Both clocks are the server's.
 * - `dies_after` is `dies_at` rounded down, for the sweep's index: a read restarts the idle clock, and as long as no
 *   indexed column changes by it no index has to be written (a "heap-only tuple", for which pages keep a fifth free).
 *   With `dies_at` itself in the index a read wrote 1.7 times as much to the log, and a second had a fifth fewer.
 */
export function postgresTable(name: string) {
  const plain = plainName(name);
  const table = `"${plain}"`;
  return {
    find: `SELECT WHERE to_regclass('${table}') IS NOT NULL`,

    // One transaction. IF NOT EXISTS alone fails when two do it at once, so they take turns.
    make: `
SELECT pg_advisory_xact_lock(hashtext('nest-session-starter'), hashtext('${plain}'));
CREATE TABLE IF NOT EXISTS ${table} (
  session_key text COLLATE "C" PRIMARY KEY,
  owner bytea,
  version bigint NOT NULL,
  record text NOT NULL,
  seen_at timestamptz NOT NULL,
  dies_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  dies_after timestamptz NOT NULL
    GENERATED ALWAYS AS (date_bin('10 minutes', dies_at, '2000-01-01 00:00:00Z')) STORED
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS "${plain}_owner" ON ${table} (owner) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS "${plain}_dies_after" ON ${table} (dies_after)`,

    // The key, the owner, the record, the deadline and the idle time in milliseconds.
    create: `
INSERT INTO ${table} (session_key, owner, version, record, seen_at, dies_at, expires_at)
SELECT $1, $2, 1, $3, now(), least(now() + ${milliseconds('$5')}, deadline), deadline
FROM to_timestamp($4::float8 / 1000) AS deadline
ON CONFLICT (session_key) DO NOTHING`,

    // The key, the idle time of a guest, and of others. A crash may set idle clocks back by the second that the last
    // reads were not on the disk yet, which is nobody's loss: so no read waits for the disk.
    read: `
UPDATE ${table} SET
  seen_at = now(),
  dies_at = least(now() + CASE WHEN owner IS NULL THEN ${milliseconds('$2')} ELSE ${milliseconds('$3')} END, expires_at)
WHERE session_key = $1 AND dies_at > now()
RETURNING record, version, set_config('synchronous_commit', 'off', true)`,

    // As for create, and the version.
    replace: `
UPDATE ${table} SET
  owner = $2, version = version + 1, record = $3,
  seen_at = now(), dies_at = least(now() + ${milliseconds('$5')}, deadline), expires_at = deadline
FROM to_timestamp($4::float8 / 1000) AS deadline
WHERE session_key = $1 AND version = $6 AND dies_at > now()
RETURNING version`,

    // The key, and the version or null.
    delete: `
DELETE FROM ${table}
WHERE session_key = $1 AND dies_at > now() AND ($2::bigint IS NULL OR version = $2)`,

    list: `
SELECT session_key, record, round(extract(epoch FROM seen_at) * 1000)::float8 AS last_seen_at
FROM ${table} WHERE owner = $1 AND dies_at > now()`,

    // Rows that somebody else has in hand are left for the next time.
    sweep: `
DELETE FROM ${table} WHERE session_key = ANY (ARRAY(
  SELECT session_key FROM ${table} WHERE dies_after <= now() AND dies_at <= now()
  LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED))`,

    count: `
SELECT count(*)::float8 AS count FROM ${table} WHERE dies_at > now()`,

    ping: `SELECT FROM ${table} LIMIT 0`,
  };
}

function milliseconds(parameter: string): string {
  return `${parameter}::float8 * interval '1 ms'`;
}
