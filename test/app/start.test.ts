import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { tempFolder } from '../../dev/guard.js';

/** Runs the program with this configuration until it gives up. */
function start(yaml: string | null, env: Record<string, string> = {}) {
  const args = ['dist/src/main.js'];
  if (yaml !== null) {
    const file = join(tempFolder('config'), 'server.yaml');
    writeFileSync(file, yaml);
    args.push('--config', file);
  }
  return spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: process.env['PATH'], ...env },
  });
}

test('a variable that is not set is named with its key', () => {
  const { status, stderr, stdout } = start(null);
  expect(status).toBe(1);
  expect(stderr).toContain('database.url: the variable DATABASE_URL is not set');
  expect(stdout).toBe('');
});

test('every mistake is listed, with its key, what it holds and what it takes', () => {
  const { status, stderr } = start(null, {
    DATABASE_URL: 'mysql://ada:secret@localhost/app',
    PORT: '70000',
    WORKERS: 'many',
    SESSION_STORE: 'floppy',
    TRUST_PROXY: '10.0.0.0/8,everybody',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('server.port: holds "70000"; takes a whole number from 0 to 65535');
  expect(stderr).toContain('server.trust_proxy: holds "10.0.0.0/8,everybody"; takes false, or a');
  expect(stderr).toContain('workers.count: holds "many"; takes a whole number from 0 to 1024');
  expect(stderr).toContain(
    'session.store: holds "floppy"; takes one of redis, memcached, postgres, mysql, file, memory',
  );
  expect(stderr).toContain('database.url: holds something else; takes a URL like postgresql://');
  expect(stderr).not.toContain('secret');
});

test('keys that nobody knows and those that are missing are named', () => {
  const { status, stderr } = start('server: { prot: 80 }\ncolour: blue\n');
  expect(status).toBe(1);
  expect(stderr).toContain('server.prot: no such setting');
  expect(stderr).toContain('colour: no such setting');
  expect(stderr).toContain('server.port: is missing');
});

test.each([
  ['__Host-session', 'a prefix like __Host-'],
  ['__secure-session', 'a prefix like __Host-'],
  ['a session', 'up to 64 of the characters'],
  ['session;', 'up to 64 of the characters'],
  ['device', 'the cookie that a device is known by'],
])('the session cookie can’t be named %j', (name, why) => {
  const env = { DATABASE_URL: 'postgresql://localhost/app', SESSION_COOKIE_NAME: name };
  const { status, stderr } = start(null, env);
  expect(status).toBe(1);
  expect(stderr).toContain(`session.cookie_name: holds ${JSON.stringify(name)}; takes`);
  expect(stderr).toContain(why);
});

test('what is not YAML is said', () => {
  expect(start('server: [').stderr).toContain('not YAML');
});

test('sessions in memory are refused in production and with several workers', () => {
  const env = { DATABASE_URL: 'postgresql://localhost/app', SESSION_STORE: 'memory' };
  const { status, stderr } = start(null, { ...env, WORKERS: '4' });
  expect(status).toBe(1);
  expect(stderr).toContain('another store in production');
  expect(stderr).toContain('log users out at random');
});

test('mails into a folder are refused in production', () => {
  const env = { DATABASE_URL: 'postgresql://localhost/app', MAIL_URL: 'file:///tmp/mails' };
  const { status, stderr } = start(null, env);
  expect(status).toBe(1);
  expect(stderr).toContain('mail.url: holds something else; takes smtp:// or smtps://');
});
