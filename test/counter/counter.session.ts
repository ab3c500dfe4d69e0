import { z } from 'zod';

declare module '../../src/session/session-data.js' {
  interface SessionData {
    readonly count: number;
  }
}

export const countInSession = { count: z.int().default(0) };
