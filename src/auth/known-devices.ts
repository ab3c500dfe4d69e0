import { Injectable } from '@nestjs/common';

import { Database, NOBODY, type Transaction } from '../database/database.js';
import { type Device, deviceHash } from './device-cookie.js';

/** How many devices of a user are remembered: those that they have logged in with last. */
const MOST = 50;

/** The browsers that each user has logged in with before. */
@Injectable()
export class KnownDevices {
  constructor(private readonly database: Database) {}

  /** The hash of a device that a user has logged in with before; null of any other. For nobody it takes as long. */
  async known(userId: string | null, device: Device): Promise<string | null> {
    const id = userId ?? NOBODY;
    const userId_hash = { userId: id, hash: deviceHash(id, device) };
    const known = await this.database.knownDevice.findUnique({ where: { userId_hash } });
    return known && known.hash;
  }

  /** Remembers that a user logs in with a device; says whether they have logged in before, and never with this one. */
  async remember(userId: string, device: Device, transaction: Transaction): Promise<boolean> {
    const [hash, lastLoginAt] = [deviceHash(userId, device), new Date()];
    const known = await transaction.knownDevice.updateMany({
      where: { userId, hash },
      data: { lastLoginAt },
    });
    if (known.count > 0) return false;
    const others = await transaction.knownDevice.findMany({
      where: { userId },
      orderBy: { lastLoginAt: 'desc' },
      select: { hash: true },
    });
    const forgotten = others.slice(MOST - 1).map((other) => other.hash);
    if (forgotten.length > 0) {
      await transaction.knownDevice.deleteMany({ where: { userId, hash: { in: forgotten } } });
    }
    await transaction.knownDevice.createMany({
      data: { userId, hash, lastLoginAt },
      skipDuplicates: true,
    });
    return others.length > 0;
  }
}
