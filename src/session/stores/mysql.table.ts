import { plainName, SWEEP_ROWS } from './sql.settings.js';

/** The statements of the MySQL store. */
export type MysqlTable = ReturnType<typeof mysqlTable>;

/**
 * - `session_key` and `owner` are bytes (the owner in UTF-8): collations take different texts for the same.
 * - `dies_at` is when the session ends if nobody reads it, never after `expires_at`. Both clocks are the server's.
 *   Its index costs a read little: of all indexes InnoDB writes only that one.
 * - Times are UTC in DATETIME: it knows no time zones, and no year 2038.
 * - What changes or locks rows finds them by their keys (`byKey`), and a sweep first asks for those. By `dies_at`, which
 *   the planner takes where little is alive, a session would wait for others, and be the victim of deadlocks: two
 *   statements that come to a row by different indexes lock them in different orders.
 */
export function mysqlTable(name: string) {
  const plain = plainName(name);
  const table = `\`${plain}\``;
  const byKey = `${table} AS session FORCE INDEX (PRIMARY)`;
  return {
    find: `SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '${plain}'`,

    make: `
CREATE TABLE IF NOT EXISTS ${table} (
  session_key VARBINARY(43) PRIMARY KEY,
  owner VARBINARY(1024),
  version BIGINT NOT NULL,
  record LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  seen_at DATETIME(3) NOT NULL,
  dies_at DATETIME(3) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  INDEX (owner),
  INDEX (dies_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,

    // The owner, the record, the deadline, the idle time in milliseconds, and the key.
    create: `
INSERT INTO ${table} SET ${COLUMNS}, version = 1, session_key = ?`,

    // The idle time of a guest, and of others, and the key twice. MySQL has no UPDATE … RETURNING, and these two in
    // one message are one round trip. The second sees what the first left, or what somebody else made of it since.
    read: `
UPDATE ${byKey} SET
  seen_at = UTC_TIMESTAMP(3),
  dies_at = LEAST(UTC_TIMESTAMP(3) + ${milliseconds('IF(owner IS NULL, ?, ?)')}, expires_at)
WHERE session_key = ? AND dies_at > UTC_TIMESTAMP(3);
SELECT record, version FROM ${table} WHERE session_key = ? AND dies_at > UTC_TIMESTAMP(3)`,

    // As for create, and the version.
    replace: `
UPDATE ${byKey} SET ${COLUMNS}, version = version + 1
WHERE session_key = ? AND version = ? AND dies_at > UTC_TIMESTAMP(3)`,

    // The key.
    delete: `
DELETE session FROM ${byKey} WHERE session_key = ? AND dies_at > UTC_TIMESTAMP(3)`,

    // The key and the version.
    deleteVersion: `
DELETE session FROM ${byKey} WHERE session_key = ? AND version = ? AND dies_at > UTC_TIMESTAMP(3)`,

    list: `
SELECT session_key, record, TIMESTAMPDIFF(MICROSECOND, ${EPOCH}, seen_at) DIV 1000 AS last_seen_at
FROM ${table} WHERE owner = ? AND dies_at > UTC_TIMESTAMP(3)`,

    expired: `
SELECT session_key FROM ${table} WHERE dies_at <= UTC_TIMESTAMP(3) LIMIT ${SWEEP_ROWS}`,

    // The keys of what was found expired. Rows that somebody else has in hand are left for the next time. The limit keeps
    // the inner query one of its own: merged into the outer one it would select from the table that is changed.
    sweep: `
DELETE session FROM (
  SELECT session_key FROM ${byKey}
  WHERE session_key IN (?) AND dies_at <= UTC_TIMESTAMP(3)
  LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED
) AS expired STRAIGHT_JOIN ${byKey} ON session.session_key = expired.session_key`,

    count: `
SELECT COUNT(*) AS count FROM ${table} WHERE dies_at > UTC_TIMESTAMP(3)`,

    ping: `SELECT 1 FROM ${table} LIMIT 0`,
  };
}

const EPOCH = `TIMESTAMP '1970-01-01 00:00:00'`;

/** Assignments are carried out from the left to the right: the second clock is capped by the new deadline. */
const COLUMNS = `
  owner = ?, record = ?, expires_at = ${EPOCH} + ${milliseconds('?')},
  seen_at = UTC_TIMESTAMP(3), dies_at = LEAST(UTC_TIMESTAMP(3) + ${milliseconds('?')}, expires_at)`;

function milliseconds(expression: string): string {
  return `INTERVAL ${expression} * 1000 MICROSECOND`;
}
