import { Logger } from '@nestjs/common';

import type { Sender } from './sender.js';

/** What is logged of security, under the names of OWASP's Logging Vocabulary, and how loud. */
const LEVELS = {
  authn_login_success: 'log',
  authn_login_fail: 'warn',
  authn_login_fail_max: 'warn',
  authn_password_change: 'log',
  authz_fail: 'warn',
  excess_rate_limit_exceeded: 'warn',
  malicious_csrf: 'warn',
  session_expired: 'log',
  session_use_after_expire: 'log',
  user_created: 'log',
  user_updated: 'log',
  user_deleted: 'log',
} as const;

export type SecurityEvent = keyof typeof LEVELS;

export interface SecurityEventFields {
  /** The id of the user whom it concerns; null when there is none of that address. */
  readonly user?: string | null;
  /** More of what happened, in a word of the program's own: never what somebody has typed. */
  readonly detail?: string;
}

const logger = new Logger('Security');

/** Logs something that those who guard the program want to know, with the request and the address that it came from. */
export function securityEvent(
  event: SecurityEvent,
  { requestId, address }: Sender,
  fields: SecurityEventFields = {},
): void {
  logger[LEVELS[event]]({ event, ...fields, requestId, address });
}
