import type { FastifyInstance } from 'fastify';

import type { Config } from '../config/config.js';
import { isLocalName } from '../config/public-url.js';

/** Where browsers report what the policy has stopped. */
export const CSP_REPORTS = '/csp-reports';

const POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  `report-uri ${CSP_REPORTS}`,
  'report-to csp',
].join('; ');

/** ASVS 5.0, 3.4; OWASP HTTP Headers Cheat Sheet. */
const ALWAYS = {
  'content-security-policy': POLICY,
  'reporting-endpoints': `csp="${CSP_REPORTS}"`,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
};

export type SecurityHeaders = Readonly<Record<string, string>>;

/** The headers of every answer, whoever gives it. */
export function securityHeaders(server: Config['server']): SecurityHeaders {
  const hsts = strictTransportSecurity(server);
  return hsts === null ? ALWAYS : { ...ALWAYS, 'strict-transport-security': hsts };
}

/** Puts the headers on what Fastify answers, whoever has answered: handlers, errors, files and refusals. */
export function addSecurityHeaders(fastify: FastifyInstance, headers: SecurityHeaders): void {
  fastify.addHook('onSend', (_, reply, payload, done) => {
    reply.headers(headers);
    done(null, payload);
  });
}

/** A year, as ASVS 5.0, 3.4.1 asks for and preload lists, too (https://hstspreload.org). */
const A_YEAR = 'max-age=31536000';

const HSTS = {
  host_only: A_YEAR,
  include_subdomains: `${A_YEAR}; includeSubDomains`,
  preload: `${A_YEAR}; includeSubDomains; preload`,
} as const;

/**
 * What makes browsers use HTTPS alone from now on (RFC 6797); null where that would do harm: without HTTPS, and for the
 * names of the developer's own machine, which other programs have, too. For an IP browsers ignore it.
 */
function strictTransportSecurity({ public_url, hsts }: Config['server']): string | null {
  const { protocol, hostname } = new URL(public_url);
  const hasName = !isLocalName(hostname) && !/^[\d.]+$|^\[/.test(hostname);
  return protocol === 'https:' && hasName ? HSTS[hsts] : null;
}
