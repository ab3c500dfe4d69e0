import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
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

  /** Resolves to null when there is an account with this address: also when two sign-ups race. */
  async create(email: string, name: string, passwordHash: string): Promise<User | null> {
    try {
      return await this.database.user.create({
        data: { email: email.toLowerCase(), name, passwordHash },
      });
    } catch (error) {
      if (isDuplicate(error)) return null;
      throw error;
    }
  }

  async setPasswordHash(id: string, passwordHash: string): Promise<void> {
    await this.database.user.update({ where: { id }, data: { passwordHash } });
  }
}

/** https://www.prisma.io/docs/orm/reference/error-reference#p2002 */
function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
