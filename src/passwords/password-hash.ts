/**
 * What a stored hash may cost to verify: four times the largest of OWASP's parameters (Password Storage Cheat Sheet:
 * 46 MiB with one pass, 7 MiB with five), and a little more time. One that asks for 8 GiB would take the worker with it.
 */
const MOST_MEMORY_KIB = 4 * 47_104;
const MOST_ITERATIONS = 20;
const MOST_PARALLELISM = 16;

/** The PHC string format, as argon2 writes it: https://github.com/P-H-C/phc-string-format */
const FORM =
  /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,172}$/;

export interface HashCost {
  /** In KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/**
 * Whether a stored text is an argon2id hash that is verified in reasonable time and memory.
 * @param own what the program's own hashes cost: that is reasonable, however much
 */
export function isAffordable(passwordHash: string, own: HashCost): boolean {
  const [memory, iterations, parallelism] = (FORM.exec(passwordHash) ?? []).slice(1).map(Number);
  return (
    memory !== undefined &&
    iterations !== undefined &&
    parallelism !== undefined &&
    memory <= Math.max(MOST_MEMORY_KIB, own.memoryCost) &&
    iterations <= Math.max(MOST_ITERATIONS, own.timeCost) &&
    parallelism <= Math.max(MOST_PARALLELISM, own.parallelism)
  );
}
