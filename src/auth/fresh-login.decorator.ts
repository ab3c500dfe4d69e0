import { SetMetadata } from '@nestjs/common';

export const FRESH_LOGIN = Symbol('fresh login');

/**
 * Only for those who have given their password a moment ago (`auth.reauthenticate_after_seconds`); everybody else is
 * asked for it, and comes back to where they were (ASVS 5.0, 7.5.1 and 7.5.2).
 */
export const FreshLogin = () => SetMetadata(FRESH_LOGIN, true);
