import { readCode } from '../../src/second-factor/typed-code.js';

test.each([
  '123456',
  ' 123 456\t',
  '123-456',
  '123\u00A0456',
  '123\u2009456',
  '123\u2011456',
  '123\u2013456',
  '123\u2212456',
  '\u200B123\u2060456\uFEFF',
  '\u202A123456\u202C',
  '１２３４５６',
  '\u0661\u0662\u0663\u0664\u0665\u0666',
  '\u06F1\u06F2\u06F3\u06F4\u06F5\u06F6',
  '\u0967\u0968\u0969\u096A\u096B\u096C',
  '“123.456”',
])('%j is the code 123456', (typed) => {
  expect(readCode(typed)).toBe('123456');
});

test.each([
  'ABCD EFGH IJKL MNOB OQRI 2345',
  'abcd-efgh-ijkl-mnob-oqri-2345',
  'ABCDEFGHIJKLMNOBOQRI2345',
  'ＡＢＣＤ\u3000ＥＦＧＨ ＩＪＫＬ ＭＮＯＢ ＯＱＲＩ ２３４５',
  'abcd\u2014efgh\u2014ijkl\u2014mno8\u20140qr1\u20142345',
])('%j is a recovery code', (typed) => {
  expect(readCode(typed)).toBe('ABCDEFGHIJKLMNOBOQRI2345');
});

test.each(['', '-', '12345', '1234567', 'abcdef', '12345a', '\u0661\u0662', '____', 'Ada'])(
  '%j is none',
  (typed) => {
    expect(readCode(typed)).toBeNull();
  },
);

test.each(['ABCDEFGHIJKLMNOBOQRI234', 'ABCDEFGHIJKLMNOBOQRI23456', 'ABCDEFGHIJKLMNOBOQRI2349'])(
  '%j is none, since it has another length or characters that no recovery code has',
  (typed) => {
    expect(readCode(typed)).toBeNull();
  },
);
