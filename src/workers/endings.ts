/** Why the supervisor kills a worker, as metrics have it, and in words. */
export const KILLS = {
  slow_start: 'not ready in time',
  slow_end: 'it did not end in time',
  hung: 'its event loop hangs',
  not_needed: 'not needed any more',
  told_twice: 'told twice to stop',
} as const;

export type Kill = keyof typeof KILLS;

/** Why a worker asks to be replaced. */
const RETIREMENTS = ['max_requests', 'max_memory', 'signal'] as const;

export interface Retirement {
  readonly reason: (typeof RETIREMENTS)[number];
  readonly inWords: string;
}

/** Replaced for changed settings, ended by itself, and killed by somebody else. */
const OTHERS = ['settings', 'crashed', 'killed'] as const;

export type EndReason = Kill | Retirement['reason'] | (typeof OTHERS)[number];

export const END_REASONS: readonly string[] = [...Object.keys(KILLS), ...RETIREMENTS, ...OTHERS];
