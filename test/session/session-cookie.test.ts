import { SessionCookie } from '../../src/session/session-cookie.js';
import { newSessionId, parseSessionId } from '../../src/session/session-id.js';

const cookie = new SessionCookie(false);
const id = newSessionId();
const other = newSessionId();

test('an id is 43 characters of base64url, and no two are the same', () => {
  const ids = new Set(Array.from({ length: 10_000 }, newSessionId));
  expect(ids.size).toBe(10_000);
  for (const each of ids) expect(parseSessionId(each)).toBe(each);
});

test('the cookie is found among others, wherever it stands', () => {
  for (const header of [`session_id=${id}`, `a=b; session_id=${id}`, `a=b;session_id=${id}; c=d`]) {
    expect(cookie.read(header)).toEqual({ ids: [id], count: 1 });
  }
});

test.each([
  ['', 'an empty value'],
  [id.slice(1), '42 characters'],
  [`${id}A`, '44 characters'],
  ['A'.repeat(8_000), '8,000 characters'],
  [`${id.slice(0, 42)}B`, 'bits that no 32 bytes have'],
  [`"${id}"`, 'quotes'],
  [`${id.slice(0, 40)}%00`, 'a percent code'],
  [`${id.slice(0, 42)}é`, 'a letter outside ASCII'],
  [`../${id.slice(3)}`, 'a path'],
  [` ${id}`, 'a space'],
])('%j is no id (%s)', (value) => {
  expect(cookie.read(`session_id=${value}`)).toEqual({ ids: [], count: 1 });
});

test('of several session cookies each id is read, once', () => {
  const header = (...values: string[]) => values.map((value) => `session_id=${value}`).join('; ');
  expect(cookie.read(header(id, other, id, ''))).toEqual({ ids: [id, other], count: 4 });
});

test('the browser keeps it until it is closed, or until a moment, rounded up to seconds', () => {
  expect(cookie.set(id)).toBe(`session_id=${id}; Path=/; HttpOnly; SameSite=Lax`);
  expect(cookie.set(id, Date.now() + 59_001)).toMatch(/; SameSite=Lax; Max-Age=60$/);
});

test('it has the name that it is given, with the prefix over HTTPS', () => {
  expect(new SessionCookie(false, 'staging_id').read(`session_id=${id}`).count).toBe(0);
  expect(new SessionCookie(true, 'staging_id').set(id)).toMatch(/^__Host-staging_id=/);
});

test.each([
  `SESSION_ID=${id}`,
  `xsession_id=${id}`,
  `session_id =${id}`,
  `__Host-session_id=${id}`,
])('%s is another cookie', (header) => {
  expect(cookie.read(header)).toEqual({ ids: [], count: 0 });
});

test('over HTTPS it is Secure, bound to the host, and the other name means nothing', () => {
  const secure = new SessionCookie(true);
  expect(secure.set(id)).toBe(`__Host-session_id=${id}; Path=/; HttpOnly; SameSite=Lax; Secure`);
  expect(secure.clear()).toBe(
    '__Host-session_id=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
  );
  expect(secure.read(`session_id=${id}`)).toEqual({ ids: [], count: 0 });
});
