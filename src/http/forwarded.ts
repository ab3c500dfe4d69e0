import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** More proxies than stand in a row anywhere: what is further away is not looked at. */
const MAX_HOPS = 32;

/**
 * The IPs of an X-Forwarded-For header, the nearest last, in one form each. Proxies add ports, brackets and quotes: a
 * client that has another port for each connection would be another client each time.
 * What stands before an entry that is no IP is left out, since nobody can say who has written it.
 */
export function forwardedIps(header: string): string[] {
  const ips: string[] = [];
  const entries = header.split(',').map((entry) => entry.trim());
  for (const entry of entries
    .filter((each) => each !== '')
    .slice(-MAX_HOPS)
    .toReversed()) {
    const ip = plainIp(entry);
    if (ip === null) break;
    ips.unshift(ip);
  }
  return ips;
}

/**
 * The IP in what a proxy or a socket calls an address: `203.0.113.9:51724`, `[2001:db8::1]:443`, `"[2001:db8::1]"`,
 * `::ffff:203.0.113.9`, `fe80::1%eth0`. Null when there is none.
 */
export function plainIp(address: string): string | null {
  const unquoted = /^"(.*)"$/.exec(address)?.[1] ?? address;
  const ip = withoutBrackets(unquoted) ?? withoutPort(unquoted);
  // The zone says by which of its own interfaces a machine reaches the address (RFC 4007, 11).
  const withoutZone = ip.split('%')[0] ?? '';
  if (isIPv4(withoutZone)) return withoutZone;
  return isIPv6(withoutZone) ? canonical(withoutZone) : null;
}

/** What stands in brackets before a port, or before nothing. */
function withoutBrackets(address: string): string | null {
  const [, bracketed = null, rest = ''] = /^\[([^\]]*)\](.*)$/.exec(address) ?? [];
  return rest === '' || /^:\d{1,5}$/.test(rest) ? bracketed : null;
}

/** An IPv6 address has colons itself, so only behind an IPv4 address a port can be told. */
function withoutPort(address: string): string {
  return /^([\d.]+):\d{1,5}$/.exec(address)?.[1] ?? address;
}

/** An IPv6 address as RFC 5952 writes it; one that maps an IPv4 address is that. */
function canonical(ip: string): string {
  const { address } = new SocketAddress({ address: ip, family: 'ipv6' });
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
}
