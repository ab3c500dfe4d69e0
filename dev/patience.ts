import type { Settings } from './settings-file.js';

const timeout_ms = 10_000;

/**
 * For tests of anything but outages: on a busy machine a server may answer late, and nothing is to be turned away for
 * that.
 */
export const PATIENCE: Settings = {
  server: { max_event_loop_delay_ms: 0 },
  session: {
    ...{ redis: { timeout_ms }, memcached: { timeout_ms } },
    ...{ postgres: { timeout_ms }, mysql: { timeout_ms }, file: { timeout_ms } },
  },
  database: { timeout_ms: 30_000 },
  auth: { argon2: { max_wait_ms: 60_000 } },
};
