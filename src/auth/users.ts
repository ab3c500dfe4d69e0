import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '../database/database.js';
import { Prisma, type User } from '../database/generated/client.js';
import { LoginRequired } from '../http/http.errors.js';
import type { Session } from '../session/session.js';

/** The people who have an account. E-mail addresses are stored and looked up as `emailField` returns them. */
@Injectable()
export class Users {
  constructor(private readonly database: Database) {}

  async byEmail(email: string): Promise<User | null> {
    return this.database.user.findUnique({ where: { email } });
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
    return unlessDuplicate(async () =>
      this.database.$transaction(async (transaction) => {
        await alongside(transaction);
        return transaction.user.create({
          data: { email, name, passwordHash },
        });
      }),
    );
  }

  /**
   * The user of a session. Ends a session whose account is deleted: the login page would redirect back here in a loop.
   * @throws LoginRequired when there is none
   */
  async of(session: Session): Promise<User> {
    const user = session.owner === null ? null : await this.byId(session.owner);
    if (user) return user;
    if (session.owner !== null) await session.end();
    throw new LoginRequired();
  }

  /** The name of a session's user, to greet them by; undefined when nobody is logged in or nobody can tell. */
  async nameOf(session: Session | null): Promise<string | undefined> {
    if (session === null || session.owner === null) return undefined;
    return (await this.byId(session.owner))?.name;
  }

  async rename({ id }: User, name: string): Promise<void> {
    await this.database.user.updateMany({ where: { id }, data: { name } });
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
    signIn: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean> {
    return this.database.$transaction(async (transaction) => {
      const unchanged = await transaction.$queryRaw<unknown[]>`
        SELECT 1 FROM users
        WHERE id = ${id}::uuid AND credentials_version = ${credentialsVersion} FOR SHARE`;
      if (unchanged.length === 0) return false;
      await signIn(transaction);
      return true;
    });
  }

  /**
   * Changes what a user logs in with and does `alongside`, such as ending their sessions: if that fails, nothing is changed.
   * Resolves to the user as changed, or to null if somebody has changed their credentials since `user` was read, or
   * another user has the new address.
   */
  async changeCredentials(
    { id, credentialsVersion }: User,
    change: Partial<Pick<User, 'passwordHash' | 'email' | 'disabledAt'>>,
    alongside: (transaction: Transaction) => Promise<unknown>,
  ): Promise<User | null> {
    return unlessDuplicate(async () =>
      this.database.$transaction(async (transaction) => {
        const [changed] = await transaction.user.updateManyAndReturn({
          where: { id, credentialsVersion },
          data: { ...change, credentialsVersion: { increment: 1 } },
        });
        if (!changed) return null;
        await alongside(transaction);
        return changed;
      }),
    );
  }

  /** Deletes an account and does `alongside`, or neither; false if their credentials were changed since `user` was read. */
  async delete(
    { id, credentialsVersion }: User,
    alongside: (transaction: Transaction) => Promise<unknown>,
  ): Promise<boolean> {
    return this.database.$transaction(async (transaction) => {
      const { count } = await transaction.user.deleteMany({ where: { id, credentialsVersion } });
      if (count === 0) return false;
      await alongside(transaction);
      return true;
    });
  }
}

/** Resolves to null when an address is another user's: also when two take it at once. */
async function unlessDuplicate(write: () => Promise<User | null>): Promise<User | null> {
  try {
    return await write();
  } catch (error) {
    // https://www.prisma.io/docs/orm/reference/error-reference#p2002
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      return null;
    throw error;
  }
}
