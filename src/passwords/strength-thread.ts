import { setPriority } from 'node:os';

import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs as graphs, dictionary } from '@zxcvbn-ts/language-common';

/** What the thread of StrengthEstimator runs. */

/** As nice as the threads that check passwords: the thread that answers requests goes first. */
const NICENESS = 10;

// Only on Linux does a thread have a priority of its own: elsewhere this would change the whole process.
if (process.platform === 'linux') setPriority(NICENESS);

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs });

export interface StrengthTask {
  readonly password: string;
  /** What is tried first. */
  readonly words: readonly string[];
}

/** In how many guesses a password is found, as a power of ten. */
export default function guessesLog10({ password, words }: StrengthTask): number {
  return zxcvbn.check(password, [...words]).guessesLog10;
}
