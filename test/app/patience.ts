import type { Settings } from '../../dev/settings-file.js';

/** For tests that keep the whole machine busy: servers then answer late, which is another matter. */
export const PATIENCE: Settings = {
  server: { max_event_loop_delay_ms: 0 },
  session: { redis: { timeout_ms: 10_000 } },
  database: { timeout_ms: 20_000 },
};
