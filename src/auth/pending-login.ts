import { z } from 'zod';

import type { User } from '../database/generated/client.js';
import type { Change, SessionData } from '../session/session-data.js';

declare module '../session/session-data.js' {
  interface SessionData {
    /** Somebody who has given the right password, and not yet a code. It lets nobody in. */
    readonly pendingLogin: PendingLogin | null;
  }
}

export interface PendingLogin {
  readonly userId: string;
  /** The user's when the password was checked: with another one the login begins anew. */
  readonly credentialsVersion: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly triesLeft: number;
  /** What was chosen with the password: whether the browser keeps the session when it is closed. */
  readonly persistent?: boolean | undefined;
}

/** How long a code may take after the password. */
const LIFETIME_MS = 5 * 60_000;

/** How many codes may be tried for one password: of a million two or three are good at any moment. */
export const TRIES = 5;

export const pendingLoginInSession = {
  pendingLogin: z
    .object({
      userId: z.string(),
      credentialsVersion: z.number(),
      expiresAt: z.number(),
      triesLeft: z.number(),
      persistent: z.boolean().optional(),
    })
    .nullable()
    .default(null),
};

export function begin({ id, credentialsVersion }: User, persistent?: boolean): Change {
  const expiresAt = Date.now() + LIFETIME_MS;
  const pendingLogin = { userId: id, credentialsVersion, expiresAt, triesLeft: TRIES, persistent };
  return (data) => ({ ...data, pendingLogin });
}

export const over: Change = (data) => ({ ...data, pendingLogin: null });

export const countTry: Change = (data) => ({
  ...data,
  pendingLogin: data.pendingLogin && {
    ...data.pendingLogin,
    triesLeft: data.pendingLogin.triesLeft - 1,
  },
});

/** The login that a session stands in the middle of, if it does and may go on. */
export function pendingIn({ pendingLogin }: SessionData): PendingLogin | null {
  return pendingLogin && pendingLogin.expiresAt > Date.now() ? pendingLogin : null;
}
