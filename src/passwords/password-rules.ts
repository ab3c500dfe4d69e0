import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';

import { CONFIG, type Config } from '../config/config.js';
import type { Form, ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { LONGEST_PASSWORD, passwordLength, SHORTEST_PASSWORD } from './password-length.js';

/** What is known of who chooses a password: it must not be made of that. */
export interface Chooser {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

export interface Strength {
  /** Why the password is refused; null when it may be used. */
  readonly mistake: string | null;
  /** In how many guesses it is found, as a power of ten. */
  readonly guessesLog10: number;
}

/**
 * Guesses that a password must withstand: zxcvbn's limit for "strong protection from an offline slow-hash scenario"
 * (https://github.com/dropbox/zxcvbn, score 4). As a power of ten.
 */
const LEAST_GUESSES_LOG10 = 10;

/** What has to be left of a password without the words of its context, in letters and digits. */
const LEAST_OF_ITS_OWN = 8;

/** Shorter words are in too many others. */
const SHORTEST_WORD = 3;

/** What comes after adds to the strength, and would add to the time: 64 code points take up to 50 ms. */
const JUDGED_CODE_POINTS = 64;

/**
 * Which passwords may be chosen: long enough, in no list of common ones nor close to one, and not made of the user's or
 * the product's own words (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.4 and 6.2.11). There are no other rules: any
 * characters will do, and passwords are not changed for their age.
 */
@Injectable()
export class PasswordRules {
  readonly #contextWords: readonly string[];
  #guesses: Promise<Estimator> | null = null;

  constructor(
    @Inject(CONFIG) { auth }: { readonly auth: Pick<Config['auth'], 'password_context_words'> },
  ) {
    this.#contextWords = auth.password_context_words;
  }

  /** @throws FormRejected when the `password` of a form may not be chosen */
  async check<F extends Form<{ password: z.ZodString }>>(
    form: F,
    values: ValuesOf<F>,
    chooser: Chooser,
  ): Promise<void> {
    const { mistake } = await this.strengthOf(values.password, chooser);
    if (mistake !== null) throw new FormRejected(form, values, { password: mistake });
  }

  async strengthOf(password: string, chooser: Chooser): Promise<Strength> {
    const normalised = password.normalize('NFKC');
    const words = [...this.#contextWords, ...wordsOf(chooser)].map((word) => word.toLowerCase());
    const judged = [...normalised].slice(0, JUDGED_CODE_POINTS).join('');
    const guessesLog10 = (await this.#estimator())(judged, words);
    return { guessesLog10, mistake: mistakeOf(normalised.toLowerCase(), words, guessesLog10) };
  }

  /** The lists take 17 MB and 50 ms, so they are read when somebody first chooses a password. */
  async #estimator(): Promise<Estimator> {
    return (this.#guesses ??= loadEstimator());
  }
}

function mistakeOf(password: string, words: readonly string[], guesses: number): string | null {
  const length = passwordLength(password);
  if (length < SHORTEST_PASSWORD) return TOO_SHORT;
  if (length > LONGEST_PASSWORD) return TOO_LONG;
  if (restOf(password, words).length < LEAST_OF_ITS_OWN) return OWN_WORDS;
  return guesses < LEAST_GUESSES_LOG10 ? COMMON : null;
}

const TOO_SHORT = `Please use at least ${SHORTEST_PASSWORD} characters. A few words make a good password.`;
const TOO_LONG = `Please use at most ${LONGEST_PASSWORD} characters.`;
const OWN_WORDS =
  'This is made of your own name or address, or of ours. Please use words that have nothing to do with them.';
const COMMON =
  'This is a common password, or close to one, and would soon be guessed. Please take a few words that don’t belong together.';

/** The names and the parts of the address of somebody. */
function wordsOf({ name = '', email = '' }: Chooser): string[] {
  return [name, email]
    .flatMap((text) => text.normalize('NFKC').split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length >= SHORTEST_WORD);
}

/** The letters and digits of a password that are in none of these words. */
function restOf(password: string, words: readonly string[]): string {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return longestFirst
    .reduce((rest, word) => rest.replaceAll(word, ' '), password)
    .replaceAll(/[\s!-/:-@[-`{-~]/g, '');
}

/** In how many guesses a password is found, as a power of ten; `words` are tried first. */
type Estimator = (password: string, words: readonly string[]) => number;

async function loadEstimator(): Promise<Estimator> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs: graphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs });
  return (password, words) => zxcvbn.check(password, [...words]).guessesLog10;
}
