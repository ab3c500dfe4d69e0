import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '../database/database.js';
import { Prisma, type User } from '../database/generated/client.js';

/** The people who have an account. E-mail addresses are kept and looked up in lower case. */
@Injectable()
export class Users {
  constructor(private readonly database: Database) {}

  async byEmail(email: string): Promise<User | null> {
    return this.database.user.findUnique({ where: { email: email.toLowerCase() } });
  }

  async byId(id: string): Promise<User | null> {
    return this.database.user.findUnique({ where: { id } });
  }

  /**
   * Makes an account and does `alongside`, or neither. Resolves to null when there is an account with this address:
   * also when two sign-ups race.
   */
  async create(
    { email, name, passwordHash }: Pick<User, 'email' | 'name' | 'passwordHash'>,
    alongside: (transaction: Transaction) => Promise<void>,
  ): Promise<User | null> {
    try {
      return await this.database.$transaction(async (transaction) => {
        await alongside(transaction);
        return transaction.user.create({
          data: { email: email.toLowerCase(), name, passwordHash },
        });
      });
    } catch (error) {
      if (isDuplicate(error)) return null;
      throw error;
    }
  }

  /** Keeps another hash of the same password, unless the password was changed meanwhile. */
  async renewPasswordHash({ id, passwordHash: old }: User, passwordHash: string): Promise<void> {
    await this.database.user.updateMany({
      where: { id, passwordHash: old },
      data: { passwordHash },
    });
  }

  /**
   * Does `signIn` while nobody can change what the user logs in with; false, and nothing done, if it was changed since
   * `user` was read. So a change finds every session that was made with the old credentials.
   */
  async signInUnlessChanged(
    { id, credentialsVersion }: User,
    signIn: () => Promise<void>,
  ): Promise<boolean> {
    return this.database.$transaction(async (transaction) => {
      const unchanged = await transaction.$queryRaw<unknown[]>`
        SELECT 1 FROM users
        WHERE id = ${id}::uuid AND credentials_version = ${credentialsVersion} FOR SHARE`;
      if (unchanged.length === 0) return false;
      await signIn();
      return true;
    });
  }

  /**
   * Changes what a user logs in with and does `alongside`, such as ending their sessions: if that fails, nothing is changed.
   * Resolves to the user as changed, or to null if somebody else has changed their credentials since `user` was read.
   */
  async changeCredentials(
    { id, credentialsVersion }: User,
    change: Pick<User, 'passwordHash'>,
    alongside: (transaction: Transaction) => Promise<unknown>,
  ): Promise<User | null> {
    return this.database.$transaction(async (transaction) => {
      const [changed] = await transaction.user.updateManyAndReturn({
        where: { id, credentialsVersion },
        data: { ...change, credentialsVersion: { increment: 1 } },
      });
      if (!changed) return null;
      await alongside(transaction);
      return changed;
    });
  }
}

/** https://www.prisma.io/docs/orm/reference/error-reference#p2002 */
function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
