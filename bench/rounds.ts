import { step } from '../dev/terminal.js';

/** What can be set from outside. */
export interface Extent {
  readonly rounds: number;
  /** How long each measurement takes. */
  readonly seconds: number;
}

/**
 * Measures each of the contestants in each round, so that what else the machine does falls on all alike; who was first in one
 * round is last in the next. One round before them warms up.
 */
export async function inRounds<Who extends { readonly name: string }, T>(
  title: string,
  contestants: readonly Who[],
  { rounds }: Pick<Extent, 'rounds'>,
  measure: (who: Who, round: number) => Promise<T>,
): Promise<Map<Who, T[]>> {
  const measured = new Map<Who, T[]>(contestants.map((who) => [who, []]));
  const order = [...contestants];
  await step(`${title} `, async (show) => {
    for (let round = 0; round <= rounds; round++) {
      for (const who of order) {
        show(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${who.name}`);
        const value = await measure(who, round);
        if (round > 0) measured.get(who)?.push(value);
      }
      order.push(...order.splice(0, 1));
    }
    return rounds === 1 ? '1 round' : `${rounds} rounds`;
  });
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}

/** @param part 0.99 for what 99 of a hundred do not exceed */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? NaN;
}
