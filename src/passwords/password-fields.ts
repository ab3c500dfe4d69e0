import { z } from 'zod';

import { LONGEST_PASSWORD } from './password-length.js';

/** A code point that is composed of others may be typed as several. In UTF-16 units. */
const LONGEST_TYPED = LONGEST_PASSWORD * 8;

export const NOT_YOUR_PASSWORD = 'This is not your password.';

export const currentPassword = z.string().min(1, 'Please enter your password.').max(LONGEST_TYPED);

/** What it takes besides is for PasswordRules to say, who know whose it is. */
export const newPassword = z.string().min(1, 'Please enter a password.').max(LONGEST_TYPED);

/** The address of the account that a password is of. It is shown, for people and their password managers, and not used. */
export const shownEmail = z.string().optional();
