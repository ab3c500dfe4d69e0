import { Inject, Injectable } from '@nestjs/common';
import { argon2id, hash, needsRehash, verify } from 'argon2';

import { CONFIG, type Config } from '../config/config.js';

/**
 * Hashes and checks passwords with argon2id (RFC 9106) at the cost that the settings name.
 * Passwords are normalised to NFKC before, so that the same characters typed on another keyboard are the same password
 * (NIST SP 800-63B-4, 3.1.1.2).
 */
@Injectable()
export class Passwords {
  readonly #options: { memoryCost: number; timeCost: number; parallelism: number };
  #decoy: Promise<string> | null = null;

  constructor(@Inject(CONFIG) { auth: { argon2 } }: Pick<Config, 'auth'>) {
    this.#options = {
      memoryCost: argon2.memory_kib,
      timeCost: argon2.iterations,
      parallelism: argon2.parallelism,
    };
  }

  async hash(password: string): Promise<string> {
    return hash(password.normalize('NFKC'), { type: argon2id, ...this.#options });
  }

  /** Whether a password is the one of a hash. Without a hash it takes as long, so that time tells nothing. */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const matched = await verify(
      passwordHash ?? (await this.#decoyHash()),
      password.normalize('NFKC'),
    );
    return matched && passwordHash !== undefined;
  }

  /** Whether a hash was made with other parameters than today's. */
  isOutdated(passwordHash: string): boolean {
    return needsRehash(passwordHash, this.#options);
  }

  /** The hash of no password that anybody knows. */
  async #decoyHash(): Promise<string> {
    return (this.#decoy ??= this.hash(crypto.randomUUID()));
  }
}
