import { Injectable } from '@nestjs/common';

import type { Transaction } from '../database/database.js';
import type { MailedLink, User } from '../database/generated/client.js';
import { withFlash } from '../flash/flash.js';
import { securityEvent } from '../http/security-events.js';
import type { Sender } from '../http/sender.js';
import { type Attempt, Limits } from '../limits/limits.js';
import {
  AddressTakenException,
  LinkExpiredException,
  LinkUsedException,
} from '../mail/link-errors.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import { Passwords } from '../passwords/passwords.js';
import type { Session } from '../session/session.js';
import { Sessions } from '../session/sessions.js';
import { passwordAttempt, passwordAttemptIn } from './attempts.js';
import { newDevice, passwordChanged } from './auth.mails.js';
import type { Device } from './device-cookie.js';
import { KnownDevices } from './known-devices.js';
import { over } from './pending-login.js';
import { NEW_PASSWORD } from './end-reasons.js';
import { Users } from './users.js';

/** Who is who: checks credentials, signs in, makes accounts and changes passwords. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: Users,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly devices: KnownDevices,
    private readonly limits: Limits,
    private readonly links: MailedLinks,
    private readonly mailer: Mailer,
  ) {}

  /**
   * The user whose credentials these are, or null: neither the answer nor its time tells which part was wrong.
   * @throws TooManyTries @throws PasswordsBusy
   */
  async authenticate(email: string, password: string, device: Device): Promise<User | null> {
    await this.limits.refuseBlocked(device);
    return this.passwords.logIn(device, async () => {
      await this.limits.consumeOfNetwork(device);
      const user = await this.users.byEmail(email);
      const knownDevice = await this.devices.known(user?.id ?? null, device);
      return this.#check(user, password, passwordAttempt(email, user, knownDevice), device);
    });
  }

  /**
   * The user of a session, if this is their password.
   * @throws TooManyTries @throws PasswordsBusy @throws LoginRequired
   */
  async confirm(session: Session, password: string, sender: Sender): Promise<User | null> {
    await this.limits.consumeOfNetwork(sender);
    const user = await this.users.of(session);
    return this.#check(user, password, passwordAttemptIn(session, user), sender);
  }

  /**
   * Makes it the session of a user whose credentials were checked; false if they were changed since. Of a login with a
   * device that they have not used before they are told by mail.
   * @param persistent whether the browser keeps the session when it is closed: see `Session.signIn`
   */
  async signIn(
    session: Session,
    user: User,
    device: Device,
    persistent?: boolean,
  ): Promise<boolean> {
    const signedIn = await this.users.signInUnlessChanged(user, async (transaction) => {
      if (await this.devices.remember(user.id, device, transaction)) {
        const letter = newDevice(device, this.links.urlOf('/account/sessions'));
        await this.mailer.enqueue({ to: user.email, ...letter }, transaction);
      }
      await session.signIn(user.id, over, { persistent });
    });
    if (signedIn) securityEvent('authn_login_success', device, { user: user.id });
    return signedIn;
  }

  /**
   * Makes an account for whoever has followed a link to it.
   * @throws AddressTakenException when there is one with this address by now
   * @throws LinkUsedException when the link was used meanwhile
   */
  async createAccount(
    link: MailedLink,
    name: string,
    password: string,
    sender: Sender,
  ): Promise<User> {
    const passwordHash = await this.passwords.hash(password, sender);
    const account = { email: link.email, name, passwordHash };
    const user = await this.users.create(account, async (transaction) =>
      this.links.use(link, transaction),
    );
    if (!user) throw new AddressTakenException();
    securityEvent('user_created', sender, { user: user.id });
    return user;
  }

  /**
   * The user whom a link was sent to.
   * @throws LinkUsedException when it was used
   * @throws LinkExpiredException when what they log in with was changed since
   */
  async userOf({ userId, credentialsVersion, purpose, usedAt }: MailedLink): Promise<User> {
    if (usedAt) throw new LinkUsedException(purpose);
    const user = userId === null ? null : await this.users.byId(userId);
    if (user?.credentialsVersion !== credentialsVersion) throw new LinkExpiredException(purpose);
    return user;
  }

  /**
   * Gives the user of a session another password, and ends all their other sessions; this one gets a new id. False, and
   * nothing changed, when `current` is not their password.
   */
  async changePassword(
    session: Session,
    { current, password }: { current: string; password: string },
    sender: Sender,
  ): Promise<boolean> {
    const user = await this.confirm(session, current, sender);
    if (!user) return false;
    const changed = await this.#setPassword(user, password, sender, async () => {
      await this.sessions.endOthers(user.id, session.handle, NEW_PASSWORD);
      await session.regenerate((data) => withFlash(over(data), PASSWORD_CHANGED));
    });
    return changed !== null;
  }

  /**
   * Gives the user whom a link was sent to another password, and ends all their sessions.
   * @throws LinkGoneException when the link was used meanwhile, or what they log in with was changed
   */
  async resetPassword(
    link: MailedLink,
    user: User,
    password: string,
    sender: Sender,
  ): Promise<void> {
    const changed = await this.#setPassword(user, password, sender, async (transaction) => {
      await this.links.use(link, transaction);
      await this.sessions.endAll(user.id, NEW_PASSWORD);
    });
    if (!changed) throw new LinkExpiredException(link.purpose);
  }

  /** Resolves to null, and nothing is changed, if their credentials were changed since `user` was read. */
  async #setPassword(
    user: User,
    password: string,
    sender: Sender,
    alongside: (transaction: Transaction) => Promise<unknown>,
  ): Promise<User | null> {
    const passwordHash = await this.passwords.hash(password, sender);
    // Whoever may choose a password may use the account again.
    const change = { passwordHash, disabledAt: null };
    const changed = await this.users.changeCredentials(user, change, async (transaction) => {
      const letter = passwordChanged(this.links.urlOf('/forgotten'));
      await this.mailer.enqueue({ to: user.email, ...letter }, transaction);
      await alongside(transaction);
    });
    if (changed) securityEvent('authn_password_change', sender, { user: user.id });
    return changed;
  }

  /** Counts the attempt before the password is looked at. */
  async #check(
    user: User | null,
    password: string,
    attempt: Attempt,
    sender: Sender,
  ): Promise<User | null> {
    await this.limits.consumeOfAccount(attempt, sender);
    const matched = await this.passwords.matches(user?.passwordHash, password, sender);
    if (!user || !matched) {
      securityEvent('authn_login_fail', sender, { user: user?.id ?? null, detail: 'password' });
      return null;
    }
    await this.limits.giveBackToNetwork(sender);
    await this.limits.reset(attempt, sender);
    if (this.passwords.isOutdated(user.passwordHash)) {
      await this.users.renewPasswordHash(user, await this.passwords.hash(password, sender));
    }
    return user;
  }
}

const PASSWORD_CHANGED =
  'Your password has been changed. All your other devices have been logged out.';
