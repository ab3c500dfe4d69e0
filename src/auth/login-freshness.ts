import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config.js';
import { FreshLoginRequired } from '../http/http.errors.js';
import type { Session } from '../session/session.js';

/** Whether a user has given the password a moment ago: within `auth.reauthenticate_after_seconds`. */
@Injectable()
export class LoginFreshness {
  readonly #freshMs: number;

  constructor(@Inject(CONFIG) { auth }: Config) {
    this.#freshMs = auth.reauthenticate_after_seconds * 1_000;
  }

  /**
   * @param returnTo where to go on after the login; by default where the browser was
   * @throws FreshLoginRequired when the login was longer ago
   */
  demand({ createdAt }: Session, returnTo?: string): void {
    if (createdAt === null || Date.now() - createdAt >= this.#freshMs) {
      throw new FreshLoginRequired(returnTo);
    }
  }
}
