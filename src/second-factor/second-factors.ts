import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '../database/database.js';
import type { SecondFactor } from '../database/generated/client.js';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.js';
import { newTotpSecret, totpStepOf } from './totp.js';

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

  /** Begins anew with a secret, which counts for nothing until it is confirmed. A confirmed one stays as it is. */
  async begin(userId: string): Promise<void> {
    const secret = newTotpSecret();
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

  /** Gives a user new recovery codes in place of the old ones. They are kept as hashes: this is when they can be shown. */
  async renewCodes(userId: string, transaction: Transaction): Promise<string[]> {
    const codes = newRecoveryCodes();
    await transaction.recoveryCode.deleteMany({ where: { userId } });
    await transaction.recoveryCode.createMany({
      data: codes.map((code) => ({ userId, hash: recoveryCodeHash(userId, code)! })),
    });
    return codes;
  }

  async remove(userId: string, transaction: Transaction): Promise<void> {
    await transaction.secondFactor.deleteMany({ where: { userId } });
    await transaction.recoveryCode.deleteMany({ where: { userId } });
  }

  /**
   * Whether this is a code of the user's app, or one of their recovery codes. Either is good once (RFC 6238, 5.2), also
   * when it comes twice at the same time.
   */
  async accepts({ userId, secret }: SecondFactor, typed: string): Promise<boolean> {
    const hash = recoveryCodeHash(userId, typed);
    if (hash !== null) {
      const { count } = await this.database.recoveryCode.deleteMany({ where: { userId, hash } });
      return count > 0;
    }
    const step = totpStepOf(typed.replaceAll(/\s/g, ''), secret);
    if (step === null) return false;
    const { count } = await this.database.secondFactor.updateMany({
      where: { userId, secret, lastStep: { lt: step } },
      data: { lastStep: step },
    });
    return count > 0;
  }
}
