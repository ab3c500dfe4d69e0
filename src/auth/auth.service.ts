import { Injectable } from '@nestjs/common';

import type { User } from '../database/generated/client.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { rememberUser } from './auth.session.js';
import { NEW_PASSWORD } from './end-reasons.js';
import { Passwords } from './passwords.js';
import { Users } from './users.js';

/** Who is who: checks credentials, signs in, makes accounts. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: Users,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
  ) {}

  /** The user whose credentials these are, or null: neither the answer nor its time tells which part was wrong. */
  async authenticate(email: string, password: string): Promise<User | null> {
    return this.#check(await this.users.byEmail(email), password);
  }

  /** The user of a session, if this is their password. */
  async confirm(id: string | null, password: string): Promise<User | null> {
    return this.#check(id === null ? null : await this.users.byId(id), password);
  }

  /** Makes it the session of a user whose password was checked; false if the password was changed since. */
  async signIn(session: Session, user: User): Promise<boolean> {
    return this.users.signInUnlessChanged(user, async () =>
      session.signIn(user.id, rememberUser(user)),
    );
  }

  /** Makes an account; null when there is one with this address. */
  async signUp(account: { email: string; name: string; password: string }): Promise<User | null> {
    const passwordHash = await this.passwords.hash(account.password);
    return this.users.create(account.email, account.name, passwordHash);
  }

  /**
   * Gives the user of a session another password, and ends all their other sessions; this one gets a new id. False, and
   * nothing changed, when `current` is not their password.
   */
  async changePassword(session: Session, current: string, password: string): Promise<boolean> {
    const user = await this.confirm(session.owner, current);
    if (!user) return false;
    const passwordHash = await this.passwords.hash(password);
    const changed = await this.users.changeCredentials(user, { passwordHash }, async () =>
      this.sessions.endOthers(user.id, session.key, NEW_PASSWORD),
    );
    return changed !== null && this.signIn(session, changed);
  }

  async #check(user: User | null, password: string): Promise<User | null> {
    const matched = await this.passwords.matches(user?.passwordHash, password);
    if (!user || !matched) return null;
    if (this.passwords.isOutdated(user.passwordHash)) {
      await this.users.renewPasswordHash(user, await this.passwords.hash(password));
    }
    return user;
  }
}
