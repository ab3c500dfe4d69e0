import { z } from 'zod';

declare module '../session/session-data.js' {
  interface SessionData {
    /** Wishes that are not kept yet. */
    readonly wishes: readonly string[];
  }
}

export const wishesInSession = { wishes: z.array(z.string()).readonly().default([]) };
