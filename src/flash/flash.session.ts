import { z } from 'zod';

declare module '../session/session-data.js' {
  interface SessionData {
    /** What the next page has to say, once. One at most: the last, however many requests no page came after. */
    readonly flash: string | null;
  }
}

/** The flash message's part of what a session holds. */
export const flashInSession = { flash: z.string().nullable().default(null) };
