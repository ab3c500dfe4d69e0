import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '../database/database.js';
import type { SecondFactor } from '../database/generated/client.js';
import { newSeed } from './form-seed.js';
import { recoveryCodeHash, recoveryCodesFrom, recoverySeedHash } from './recovery-codes.js';
import { NewerCodesException, SecondFactorOffException } from './second-factor.errors.js';
import { totpSecretFrom, totpStepOf } from './totp.js';
import { isRecoveryCode } from './typed-code.js';

const SALT_BYTES = 32;

/** How many forms of a user are known again after they have made recovery codes. */
const KNOWN_SEEDS = 20;

/** The second factors of users: the secret that an authenticator app shares, and recovery codes for when it is lost. */
@Injectable()
export class SecondFactors {
  constructor(private readonly database: Database) {}

  /** The second factor of a user, if they have confirmed one. */
  async of(userId: string): Promise<SecondFactor | null> {
    return this.database.secondFactor.findUnique({
      where: { userId, confirmedAt: { not: null } },
    });
  }

  /** How many recovery codes a user has left. */
  async codesLeft(userId: string): Promise<number> {
    return this.database.recoveryCode.count({ where: { userId } });
  }

  /**
   * Begins with the secret of a seed, which counts for nothing until it is confirmed. A confirmed one stays as it is. The
   * same seed has the same secret, so who sends its form again has scanned the right one.
   */
  async begin(userId: string, seed = newSeed()): Promise<void> {
    const secret = totpSecretFrom(seed, userId);
    const { count } = await this.database.secondFactor.updateMany({
      where: { userId, confirmedAt: null },
      data: { secret },
    });
    if (count > 0) return;
    await this.database.secondFactor.createMany({
      data: { userId, secret },
      skipDuplicates: true,
    });
  }

  /** The secret that a user has begun with, and not confirmed. */
  async begun(userId: string): Promise<string | null> {
    const begun = await this.database.secondFactor.findUnique({
      where: { userId, confirmedAt: null },
    });
    return begun?.secret ?? null;
  }

  /** Confirms the secret that a user has begun with. False when this is no code of it. */
  async confirm(userId: string, code: string, transaction: Transaction): Promise<boolean> {
    const begun = await transaction.secondFactor.findUnique({
      where: { userId, confirmedAt: null },
    });
    const step = begun && totpStepOf(code, begun.secret);
    if (begun === null || step === null) return false;
    const { count } = await transaction.secondFactor.updateMany({
      where: { userId, secret: begun.secret, confirmedAt: null },
      data: { confirmedAt: new Date(), lastStep: step },
    });
    return count > 0;
  }

  /** The recovery codes that a user has from this seed, used ones included; null when theirs are from another. */
  async codesMadeFrom(seed: string, userId: string): Promise<string[] | null> {
    const factor = await this.of(userId);
    return factor && codesOf(factor, seed);
  }

  /**
   * Gives a user the recovery codes of a seed in place of the old ones. They are kept as hashes, so they are shown to who
   * has the seed alone: to who sends the same form again, and then nothing is changed.
   * @throws SecondFactorOffException
   * @throws NewerCodesException when others were made since this seed was used
   */
  async renewCodes(userId: string, transaction: Transaction, seed = newSeed()): Promise<string[]> {
    // Who makes codes at the same time waits, and so finds these.
    await transaction.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const where = { userId, confirmedAt: { not: null } };
    const factor = await transaction.secondFactor.findUnique({ where });
    if (!factor) throw new SecondFactorOffException();
    const made = codesOf(factor, seed);
    if (made) return made;
    const seedHash = recoverySeedHash(seed, userId);
    if (factor.codeSeeds.includes(seedHash)) throw new NewerCodesException();
    const codeSalt = randomBytes(SALT_BYTES).toString('base64url');
    const codeSeeds = [...factor.codeSeeds, seedHash].slice(-KNOWN_SEEDS);
    const codes = recoveryCodesFrom(seed, codeSalt, userId);
    await transaction.secondFactor.update({ where: { userId }, data: { codeSalt, codeSeeds } });
    await transaction.recoveryCode.deleteMany({ where: { userId } });
    await transaction.recoveryCode.createMany({
      data: codes.map((code) => ({ userId, hash: recoveryCodeHash(userId, code) })),
    });
    return codes;
  }

  /** @param since only one that was switched on after that; by default whichever there is */
  async remove(userId: string, transaction: Transaction, since?: Date): Promise<void> {
    const where = { userId, ...(since && { confirmedAt: { gt: since } }) };
    const removed = await transaction.secondFactor.deleteMany({ where });
    if (removed.count > 0) await transaction.recoveryCode.deleteMany({ where: { userId } });
  }

  /**
   * Whether this is a code of the user's app, or one of their recovery codes. Either is good once (RFC 6238, 5.2), also
   * when it comes twice at the same time.
   * @param code as `readCode` returns it
   */
  async accepts({ userId, secret }: SecondFactor, code: string): Promise<boolean> {
    if (isRecoveryCode(code)) {
      const hash = recoveryCodeHash(userId, code);
      const { count } = await this.database.recoveryCode.deleteMany({ where: { userId, hash } });
      return count > 0;
    }
    const step = totpStepOf(code, secret);
    if (step === null) return false;
    const { count } = await this.database.secondFactor.updateMany({
      where: { userId, secret, lastStep: { lt: step } },
      data: { lastStep: step },
    });
    return count > 0;
  }
}

/** The recovery codes of a second factor, if they were made from this seed. */
function codesOf({ userId, codeSalt, codeSeeds }: SecondFactor, seed: string): string[] | null {
  const isTheirs = codeSalt !== null && codeSeeds.at(-1) === recoverySeedHash(seed, userId);
  return isTheirs ? recoveryCodesFrom(seed, codeSalt, userId) : null;
}
