import Database from 'libsql';

import { idleMsOf, type SessionLifetime } from '../../src/session/session-lifetime.js';
import {
  decodeRecord,
  encodeRecord,
  type SessionRecord,
} from '../../src/session/session-record.js';
import { answerOf } from '../../src/session/stores/answer.js';
import type { SessionStore } from '../../src/session/stores/session-store.js';
import { type ListedRow, listedSessions } from '../../src/session/stores/sql.rows.js';
import { Sweep } from '../../src/session/stores/sweep.js';

type Settings = { path: string; timeoutMs: number; sweepEveryMs: number };
type Row = ListedRow & { version: number };

const TABLE = `PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS sessions (
    session_key TEXT PRIMARY KEY, version INT, owner TEXT, record TEXT, idle_ms INT, expires_at INT,
    last_seen_at INT, dies_at INT AS (min(last_seen_at + idle_ms, expires_at)));
  CREATE INDEX IF NOT EXISTS sessions_owner ON sessions (owner);
  CREATE INDEX IF NOT EXISTS sessions_dies_at ON sessions (dies_at);`;
const CREATE = `INSERT INTO sessions
  VALUES (@key, 1, @owner, @text, @idleMs, @expiresAt, @now) ON CONFLICT DO NOTHING RETURNING *`;
const LIVE = 'session_key = @key AND version = coalesce(@version, version) AND dies_at > @now';
const READ = `UPDATE sessions SET last_seen_at = @now WHERE ${LIVE} RETURNING *`;
const REPLACE = `UPDATE sessions
  SET last_seen_at = @now, version = version + 1, record = @text WHERE ${LIVE} RETURNING *`;
const DELETE = `DELETE FROM sessions WHERE ${LIVE} RETURNING *`;
const LIST = 'SELECT * FROM sessions WHERE owner = @owner AND dies_at > @now';
const EXPIRED = 'SELECT session_key FROM sessions WHERE dies_at <= @now LIMIT 200';
const SWEEP = `DELETE FROM sessions WHERE session_key IN (${EXPIRED}) RETURNING *`;

/** Sessions in a file of SQLite. Each operation is one statement: it happens as a whole or not at all. */
export async function openStore(
  { path, timeoutMs, sweepEveryMs }: Settings,
  lifetime: SessionLifetime,
): Promise<SessionStore> {
  const db = new Database(path, { timeout: timeoutMs });
  db.exec(TABLE);

  const ask = async (statement: string, values: Record<string, unknown> = {}): Promise<Row[]> => {
    const all = { version: null, now: Date.now(), ...values };
    return answerOf('SQLite', timeoutMs, async () => db.prepare(statement).all(all) as Row[]);
  };
  const columns = (record: SessionRecord) => {
    const { owner, expiresAt } = record;
    return { owner, expiresAt, text: encodeRecord(record), idleMs: idleMsOf(record, lifetime) };
  };
  const versionOf = ([row]: Row[]) => (row ? String(row.version) : null);
  const stored = ([row]: Row[]) =>
    row ? { record: decodeRecord(row.record), version: String(row.version) } : null;
  const sweep = new Sweep(sweepEveryMs, async () => (await ask(SWEEP)).length > 0);

  return {
    create: async (key, record) => versionOf(await ask(CREATE, { key, ...columns(record) })),
    read: async (key) => stored(await ask(READ, { key })),
    replace: async (key, version, record) =>
      versionOf(await ask(REPLACE, { key, version, ...columns(record) })),
    delete: async (key, version) => (await ask(DELETE, { key, version })).length > 0,
    list: async (owner) => listedSessions(await ask(LIST, { owner })),
    ping: async () => void (await ask('SELECT 1')),
    close: async () => sweep.stop().then(() => void db.close()),
  };
}
