import { Injectable } from '@nestjs/common';

import { Users } from './users.js';
import type { User } from '../database/generated/client.js';
import { Passwords } from './passwords.js';

/** Who is who: checks credentials and makes accounts. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: Users,
    private readonly passwords: Passwords,
  ) {}

  /** The user whose credentials these are, or null: neither the answer nor its time tells which part was wrong. */
  async authenticate(email: string, password: string): Promise<User | null> {
    return this.#check(await this.users.byEmail(email), password);
  }

  /** The user of a session, if this is their password. */
  async confirm(id: string | null, password: string): Promise<User | null> {
    return this.#check(id === null ? null : await this.users.byId(id), password);
  }

  /** Makes an account; null when there is one with this address. */
  async signUp(account: { email: string; name: string; password: string }): Promise<User | null> {
    const passwordHash = await this.passwords.hash(account.password);
    return this.users.create(account.email, account.name, passwordHash);
  }

  async #check(user: User | null, password: string): Promise<User | null> {
    const matched = await this.passwords.matches(user?.passwordHash, password);
    if (!user || !matched) return null;
    if (this.passwords.isOutdated(user.passwordHash)) {
      await this.users.setPasswordHash(user.id, await this.passwords.hash(password));
    }
    return user;
  }
}
