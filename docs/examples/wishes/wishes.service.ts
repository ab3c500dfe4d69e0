import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';

/** The wishes that users have kept. */
@Injectable()
export class WishesService {
  constructor(private readonly database: Database) {}

  async of(userId: string): Promise<string[]> {
    const wishes = await this.database.wish.findMany({
      where: { userId },
      orderBy: { createdAt: 'asc' },
    });
    return wishes.map(({ text }) => text);
  }

  /** Those that are kept already stay as they are, so that a form may be sent twice. */
  async keep(userId: string, texts: readonly string[]): Promise<void> {
    const data = texts.map((text) => ({ userId, text }));
    await this.database.wish.createMany({ data, skipDuplicates: true });
  }
}
