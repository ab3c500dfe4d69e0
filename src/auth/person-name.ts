import { z } from 'zod';

/** The field of a form for somebody's name. */
export const personName = z
  .string()
  .trim()
  .min(1, 'Please enter your name.')
  .max(100, 'Please enter at most 100 characters.')
  .regex(/^\P{Cc}*$/u, 'Please enter a name without control characters.');
