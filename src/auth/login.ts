import { Injectable } from '@nestjs/common';

import type { User } from '../database/generated/client.js';
import { securityEvent } from '../http/security-events.js';
import { Limits } from '../limits/limits.js';
import { MailedLinks } from '../mail/mailed-links.js';
import { Mailer } from '../mail/mailer.js';
import { SecondFactors } from '../second-factor/second-factors.js';
import { isRecoveryCode } from '../second-factor/typed-code.js';
import type { Session } from '../session/session.js';
import { codeAttempt, passwordAttempt } from './attempts.js';
import { wrongCodes } from './auth.mails.js';
import { AuthService } from './auth.service.js';
import type { Device } from './device-cookie.js';
import { KnownDevices } from './known-devices.js';
import { begin, countTry, over, pendingIn, TRIES } from './pending-login.js';
import { Users } from './users.js';

/** With a device that the user has logged in with before, so many wrong codes are more than mistyped ones. */
const MISTYPED = 3;

/** The steps of a login: the password, and then a code of those who have a second factor. */
@Injectable()
export class Login {
  constructor(
    private readonly auth: AuthService,
    private readonly users: Users,
    private readonly secondFactors: SecondFactors,
    private readonly devices: KnownDevices,
    private readonly limits: Limits,
    private readonly links: MailedLinks,
    private readonly mailer: Mailer,
  ) {}

  /**
   * Goes on after the right password. Until the code is there too the session is a guest's, or stays the one of before
   * if it is the user's own.
   * @param persistent whether the browser keeps the session when it is closed: see `Session.signIn`
   * @throws SessionEnded when the session has ended meanwhile
   */
  async afterPassword(
    session: Session,
    user: User,
    device: Device,
    persistent?: boolean,
  ): Promise<'signed in' | 'code needed' | 'credentials changed'> {
    if (await this.secondFactors.of(user.id)) {
      await this.#beginPending(session, user, persistent);
      return 'code needed';
    }
    const signedIn = await this.auth.signIn(session, user, device, persistent);
    return signedIn ? 'signed in' : 'credentials changed';
  }

  /** The session of another user ends here: nothing of theirs is to move along with the code. */
  async #beginPending(session: Session, user: User, persistent?: boolean): Promise<void> {
    if (session.owner === user.id) {
      await session.update(begin(user, persistent));
      return;
    }
    if (session.owner !== null) await session.end();
    await session.regenerate(begin(user, persistent));
  }

  /**
   * Goes on with a code. After too many wrong ones, or too long, it takes the password again.
   * @param code as `readCode` returns it
   */
  async withCode(
    session: Session,
    code: string,
    device: Device,
  ): Promise<'signed in' | 'wrong code' | 'over'> {
    if (!pendingIn(session.data)) return 'over';
    await this.limits.consumeOfNetwork(device);
    // Before the code is looked at, so that no number of requests at once gets more tries.
    await session.update(countTry);
    const pending = pendingIn(session.data);
    const user = pending && (await this.users.byId(pending.userId));
    const factor = pending && (await this.secondFactors.of(pending.userId));
    const goesOn =
      pending && pending.triesLeft >= 0 && user?.credentialsVersion === pending.credentialsVersion;
    if (!goesOn || !user || !factor) {
      await session.update(over);
      return 'over';
    }
    const knownDevice = await this.devices.known(user.id, device);
    const attempt = codeAttempt(user, knownDevice);
    // A recovery code has too many bits to be guessed: it gets the owner in whatever others have used up.
    if (!isRecoveryCode(code)) await this.limits.consumeOfAccount(attempt, device);
    if (!(await this.secondFactors.accepts(factor, code))) {
      securityEvent('authn_login_fail', device, { user: user.id, detail: 'code' });
      const wrong = TRIES - pending.triesLeft;
      if (wrong >= (knownDevice === null ? 1 : MISTYPED)) await this.#warn(user, device);
      return 'wrong code';
    }
    await this.limits.giveBackToNetwork(device);
    await this.limits.reset(attempt, device);
    await this.limits.reset(passwordAttempt(user.email, user, knownDevice), device);
    const signedIn = await this.auth.signIn(session, user, device, pending.persistent);
    return signedIn ? 'signed in' : 'over';
  }

  /** Whoever has got as far as to the code knows the password: its owner hears of that. */
  async #warn(user: User, device: Device): Promise<void> {
    if (!(await this.limits.mayWarn(user.id))) return;
    const letter = wrongCodes(device, this.links.urlOf('/forgotten'));
    await this.mailer.enqueue({ to: user.email, ...letter });
  }
}
