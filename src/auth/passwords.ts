import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { argon2id, hash, needsRehash, verify } from 'argon2';

import { CONFIG, type Config } from '../config/config.js';

/**
 * Hashes and checks passwords with argon2id (RFC 9106) at the cost that the settings name.
 * Passwords are normalised to NFKC before, so that the same characters typed on another keyboard are the same password
 * (NIST SP 800-63B-4, 3.1.1.2).
 */
@Injectable()
export class Passwords implements OnModuleInit {
  readonly #options: { memoryCost: number; timeCost: number; parallelism: number };
  /** The hash of no password that anybody knows, made at the start so that its making takes no login's time. */
  #decoy: string | null = null;

  constructor(@Inject(CONFIG) { auth: { argon2 } }: { auth: Pick<Config['auth'], 'argon2'> }) {
    this.#options = {
      memoryCost: argon2.memory_kib,
      timeCost: argon2.iterations,
      parallelism: argon2.parallelism,
    };
  }

  async onModuleInit(): Promise<void> {
    this.#decoy = await this.hash(crypto.randomUUID());
  }

  async hash(password: string): Promise<string> {
    return hash(password.normalize('NFKC'), { type: argon2id, ...this.#options });
  }

  /** Whether a password is the one of a hash. Without a hash it takes as long, so that time tells nothing. */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const against = passwordHash ?? this.#decoy;
    if (against === null)
      throw new Error('passwords are checked only once the module is initialised');
    const matched = await verify(against, password.normalize('NFKC'));
    return matched && passwordHash !== undefined;
  }

  /** Whether a hash was made with other parameters than today's. */
  isOutdated(passwordHash: string): boolean {
    return needsRehash(passwordHash, this.#options);
  }
}
