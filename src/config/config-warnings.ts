import { isIPv4 } from 'node:net';

import type { Config } from './config.js';
import { isHttps, isLocalName } from './public-url.js';

/** Settings that are allowed and probably wrong: a sentence each, which names them. */
export function configWarnings(config: Config): string[] {
  const { public_url, trust_proxy } = config.server;
  const warnings: string[] = [];
  if (isHttps(config.server) && trust_proxy === false) {
    warnings.push(
      'server.public_url is https and server.trust_proxy is false: the proxy that speaks HTTPS is taken for the client, ' +
        'so all clients share its IP and its rate limits. Name the networks of the proxy in server.trust_proxy',
    );
  }
  if (config.environment === 'production' && !isHttps(config.server) && !isLocal(public_url)) {
    warnings.push(
      'server.public_url is http in production: cookies are not Secure, and everybody on the way can read them. ' +
        'Put HTTPS in front and name its URL in server.public_url',
    );
  }
  const wide = (trust_proxy || []).filter(isWide);
  if (wide.length > 0) {
    warnings.push(
      `server.trust_proxy has ${wide.join(', ')}, which is wider than any private network: clients in it can say in ` +
        'X-Forwarded-For that they are somebody else. Name the networks of your proxies alone',
    );
  }
  return warnings;
}

function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return isLocalName(hostname) || hostname.startsWith('127.') || hostname === '[::1]';
}

/** The widest private networks are 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193). */
function isWide(network: string): boolean {
  const [ip = '', bits] = network.split('/');
  return bits !== undefined && Number(bits) < (isIPv4(ip) ? 8 : 7);
}
