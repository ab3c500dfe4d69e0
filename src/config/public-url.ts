import type { Config } from './config.js';

/** Whether browsers reach the program over HTTPS: by its settings, since a request tells only how the proxy reached it. */
export function isHttps({ public_url }: Pick<Config['server'], 'public_url'>): boolean {
  return new URL(public_url).protocol === 'https:';
}

/** Whether a host name stands for the machine that asks (RFC 6761, 6.3). */
export function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}
