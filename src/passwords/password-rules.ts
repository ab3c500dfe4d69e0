import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';

import { APP_NAME } from '../config/app-name.js';
import { CONFIG, type Config } from '../config/config.js';
import type { Form, ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import type { Sender } from '../http/sender.js';
import { MemoryLimit } from '../limits/memory-limit.js';
import { LONGEST_PASSWORD, passwordLength, SHORTEST_PASSWORD } from './password-length.js';
import { StrengthEstimator } from './strength-estimator.js';

/** What is known of who chooses a password: it must not be made of that. */
export interface Chooser {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

export interface Strength {
  /** Why the password is refused; null when it may be used. */
  readonly mistake: string | null;
  /** In how many guesses it is found, as a power of ten; 0 when it is refused before that is estimated. */
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

/**
 * How much of a password is judged. What comes after adds to the strength, and to the time more than in proportion: of
 * 64 code points up to 130 ms, of 32 a third of that. Sentences pass the highest grade, 10^16 guesses, before that.
 */
const MAX_JUDGED_CODE_POINTS = 32;

/** How many passwords may be sent in forms from one network within a minute, to each worker. */
const CHOICES_PER_MINUTE = 120;

/**
 * Which passwords may be chosen: long enough, in no list of common ones nor close to one, and not made of the user's or
 * the app's own words (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.4 and 6.2.11). There are no other rules: any
 * characters will do, and passwords are not changed for their age.
 */
@Injectable()
export class PasswordRules {
  readonly #contextWords: readonly string[];
  /** The link of a sign-up or a session lets one send as many forms as one likes. */
  readonly #choices = new MemoryLimit('password choices', CHOICES_PER_MINUTE);

  constructor(
    @Inject(CONFIG) { auth }: { readonly auth: Pick<Config['auth'], 'password_context_words'> },
    @Inject(APP_NAME) appName: string,
    private readonly estimator: StrengthEstimator,
  ) {
    this.#contextWords = [...auth.password_context_words, ...wordsIn(appName)];
  }

  /**
   * @throws FormRejected when the `password` of a form may not be chosen
   * @throws TooManyTries @throws TryAgainLater
   */
  async check<F extends Form<{ password: z.ZodString }>>(
    form: F,
    values: ValuesOf<F>,
    chooser: Chooser,
    client: Sender,
  ): Promise<void> {
    await this.#choices.consume(client);
    const { mistake } = await this.strengthOf(values.password, chooser, client);
    if (mistake !== null) throw new FormRejected(form, values, { password: mistake });
  }

  /** @throws TryAgainLater when too many passwords wait to be judged */
  async strengthOf(password: string, chooser: Chooser, client: Sender): Promise<Strength> {
    const normalised = password.normalize('NFKC');
    const words = [...this.#contextWords, ...wordsOf(chooser)].map((word) => word.toLowerCase());
    const mistake = mistakeOf(normalised.toLowerCase(), words);
    if (mistake !== null) return { mistake, guessesLog10: 0 };
    const judged = judgedPart(normalised);
    const guessesLog10 = await this.estimator.guessesLog10(judged, words, client);
    return { mistake: guessesLog10 < LEAST_GUESSES_LOG10 ? COMMON : null, guessesLog10 };
  }
}

/** What is wrong with a password at first sight. */
function mistakeOf(password: string, words: readonly string[]): string | null {
  const length = passwordLength(password);
  if (length < SHORTEST_PASSWORD) return TOO_SHORT;
  if (length > LONGEST_PASSWORD) return TOO_LONG;
  return restOf(password, words).length < LEAST_OF_ITS_OWN ? OWN_WORDS : null;
}

/** The beginning of a password. Of one that repeats itself only whole repetitions: a part of one would pass for strength. */
function judgedPart(password: string): string {
  const all = [...password];
  const period = all.findIndex(
    (_, shift) => shift > 0 && password.startsWith(all.slice(shift).join('')),
  );
  const whole = period < 0 ? all.length : period;
  const repetitions = Math.max(1, Math.floor(MAX_JUDGED_CODE_POINTS / whole));
  return all.slice(0, Math.min(MAX_JUDGED_CODE_POINTS, repetitions * whole)).join('');
}

const TOO_SHORT = `Please use at least ${SHORTEST_PASSWORD} characters. A few words make a good password.`;
const TOO_LONG = `Please use at most ${LONGEST_PASSWORD} characters.`;
const OWN_WORDS =
  'This is made of your own name or address, or of ours. Please use words that have nothing to do with them.';
const COMMON =
  'This is a common password, or close to one, and would soon be guessed. Please take a few words that don’t belong together.';

/** The names and the parts of the email address of somebody. */
function wordsOf({ name = '', email = '' }: Chooser): string[] {
  return [...wordsIn(name), ...wordsIn(email)];
}

function wordsIn(text: string): string[] {
  const words = text.normalize('NFKC').split(/[^\p{L}\p{N}]+/u);
  return words.filter((word) => word.length >= SHORTEST_WORD);
}

/** The letters and digits of a password that are in none of these words. */
function restOf(password: string, words: readonly string[]): string {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return longestFirst
    .reduce((rest, word) => rest.replaceAll(word, ' '), password)
    .replaceAll(/[\s!-/:-@[-`{-~]/g, '');
}
