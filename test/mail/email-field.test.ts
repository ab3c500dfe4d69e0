import { emailField } from '../../src/mail/email-field.js';

const ATEXT = "o'brien&co+tag/x=1!#$%*-?^_`{|}~";

test.each([
  ['Ada@Example.COM', 'ada@example.com'],
  ['  ada@example.com\t', 'ada@example.com'],
  ['\u200B\uFEFFada@example.com\u00A0\u2069\u200E', 'ada@example.com'],
  [`${ATEXT}@example.com`, `${ATEXT}@example.com`],
  ['a..b.@example.com', 'a..b.@example.com'],
  ['olga@xn--e1afmkfd.xn--p1ai', 'olga@xn--e1afmkfd.xn--p1ai'],
  ['Olga@Пример.РФ', 'olga@xn--e1afmkfd.xn--p1ai'],
  ['olga@e\u0301xample.com', 'olga@xn--xample-9ua.com'],
  ['olga@\u00E9xample.com', 'olga@xn--xample-9ua.com'],
  ['taro@例え。テスト', 'taro@xn--r8jz45g.xn--zckzah'],
  ['ada@\u212Aelvin.example', 'ada@kelvin.example'],
  ['ada@1.example', 'ada@1.example'],
  ['ada@example.photography', 'ada@example.photography'],
  ['ada@example.c0m', 'ada@example.c0m'],
  [`ada@${'a'.repeat(63)}.example`, `ada@${'a'.repeat(63)}.example`],
])('%j is the address %s', (typed, address) => {
  expect(emailField.parse(typed)).toBe(address);
  expect(emailField.parse(address)).toBe(address);
});

const LIKE = 'like ada@example.com';
const PLAIN = 'Before the @';
const LONG = 'longer than';

test.each([
  ...['', ' ', 'ada', '@', 'ada@', '@example.com', 'ada@localhost', 'a@b@example.com'],
  ...['ada@example.com.', 'ada@example..com', 'ada@-a.com', 'ada@a_b.com', 'ada@a b.com'],
  ...[
    'ada@127.0.0.1',
    'ada@0x7f.1',
    'ada@1.2.3',
    'ada@１２７.0.0.1',
    'ada@[127.0.0.1]',
    'ada@[::1]',
  ],
  ...[
    'ada@example.com/x',
    'ada@example.com:25',
    'ada@example.com?x',
    'ada@a%41.com',
    'ada@xn--a.com',
  ],
  ...[
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com, eve@example.com',
    'a,b@c.example',
  ],
  ...['Ada <ada@example.com>', '<ada@example.com>', 'mailto:ada@example.com', '"ada"@example.com'],
  `ada@${'a'.repeat(64)}.example`,
])('%j is none, and what one looks like is said', (typed) => {
  expect(mistakeIn(typed)).toContain(LIKE);
});

test.each(['jörg@example.com', '用户@example.com', 'a\u212A@example.com', 'a\u200Bda@example.com'])(
  '%j has letters before the @ that mail servers need not take, and that is said',
  (typed) => {
    expect(mistakeIn(typed)).toContain(PLAIN);
  },
);

test('more octets than a mail server takes are said to be too many, as they are sent', () => {
  const domain = `${'a'.repeat(60)}.`.repeat(4);
  expect(emailField.parse(`12@${domain}example`)).toHaveLength(254);
  expect(mistakeIn(`123@${domain}example`)).toContain(LONG);
  expect(mistakeIn(`${'x'.repeat(11)}@${`${'éü'.repeat(25)}.`.repeat(4)}example`)).toContain(LONG);
  expect(mistakeIn(' '.repeat(60_000))).toContain(LONG);
});

function mistakeIn(typed: string): string {
  return emailField.safeParse(typed).error?.issues[0]?.message ?? '';
}
