import { isIP } from 'node:net';

import * as fc from 'fast-check';

import { forwardedIps, plainIp } from '../../src/http/forwarded.js';

test.each([
  ['203.0.113.9', '203.0.113.9'],
  // Azure's Application Gateway and IIS add the port.
  ['203.0.113.9:51724', '203.0.113.9'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['"[2001:db8::1]:443"', '2001:db8::1'],
  ['"203.0.113.9:51724"', '203.0.113.9'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  ['[::ffff:203.0.113.9]:80', '203.0.113.9'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[fe80::1%25eth0]:80', 'fe80::1'],
])('%s is the IP %s', (address, ip) => {
  expect(plainIp(address)).toBe(ip);
});

test.each([
  ...['', 'unknown', '_hidden', 'localhost', 'localhost:80', '999.1.1.1', '010.0.0.1', '1.2.3'],
  ...['203.0.113.9:', '203.0.113.9:port', '203.0.113.9:123456', '[203.0.113.9', '2001:db8::1]:443'],
  ...['"203.0.113.9', '203.0.113.9 203.0.113.10', '%eth0', '[]', '[]:80', '<script>'],
])('%j is no IP', (address) => {
  expect(plainIp(address)).toBeNull();
});

test.each([
  ['203.0.113.9:1, 10.0.0.1:2', ['203.0.113.9', '10.0.0.1']],
  // What stands before an entry that is no IP may be anybody's.
  ['198.51.100.7, unknown, 203.0.113.9', ['203.0.113.9']],
  ['203.0.113.9, nonsense', []],
  // An empty element of a list counts for nothing (RFC 9110, 5.6.1).
  [' ,203.0.113.9 ,, 10.0.0.1,', ['203.0.113.9', '10.0.0.1']],
  [',,,', []],
])('%j has the IPs %j', (header, ips) => {
  expect(forwardedIps(header)).toEqual(ips);
});

const port = fc.integer({ min: 0, max: 65_535 });
const blank = fc.constantFrom('', ' ', '\t');

/** An IP in one of the forms that proxies send. */
function written(ip: string): fc.Arbitrary<string> {
  const forms = ip.includes(':')
    ? [ip, ip.toUpperCase(), `[${ip}]`, `${ip}%eth0`]
    : [ip, `::ffff:${ip}`, `[::FFFF:${ip}]`];
  return fc
    .record({
      form: fc.constantFrom(...forms),
      port,
      quoted: fc.boolean(),
      before: blank,
      hasPort: fc.boolean(),
    })
    .map(({ form, port: number, quoted, before, hasPort }) => {
      const takesPort = form.startsWith('[') || !form.includes(':');
      const address = hasPort && takesPort ? `${form}:${number}` : form;
      return before + (quoted ? `"${address}"` : address);
    });
}

const anyIp = fc.oneof(fc.ipV4(), fc.ipV6());

test('a client has one ip, in whatever form and from whatever port', () => {
  const twoForms = anyIp.chain((ip) => fc.tuple(written(ip), written(ip)));
  fc.assert(
    fc.property(twoForms, ([one, other]) => {
      const [ip = ''] = forwardedIps(one);
      expect(isIP(ip)).not.toBe(0);
      expect(forwardedIps(other)).toEqual([ip]);
      expect(plainIp(ip)).toBe(ip);
    }),
  );
});

test('of any header whatever come IPs alone, and those that proxies have added last are there', () => {
  const header = fc.tuple(fc.string(), fc.array(anyIp, { maxLength: 5 }));
  fc.assert(
    fc.property(header, ([typed, ips]) => {
      const found = forwardedIps([typed, ...ips].join(', '));
      for (const ip of found) expect(isIP(ip)).not.toBe(0);
      const expected = ips.map(plainIp);
      expect(expected.length === 0 ? [] : found.slice(-expected.length)).toEqual(expected);
    }),
  );
});
