import { z } from 'zod';

import type { User } from '../database/generated/client.js';
import type { Change } from '../session/session-data.js';

declare module '../session/session-data.js' {
  interface SessionData {
    /** Null for a guest. */
    readonly userName: string | null;
  }
}

/** What of the user every page shows: kept in the session, so that no page asks PostgreSQL for it. */
export const userInSession = { userName: z.string().nullable().default(null) };

export function rememberUser({ name }: User): Change {
  return (data) => ({ ...data, userName: name });
}
