import { Redis } from 'ioredis';
import { Client } from 'pg';

import { tokenIn } from '../../dev/mailbox.js';
import { PATIENCE } from '../../dev/patience.js';
import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { ADD } from '../counter/pages.js';

const JOAN = { email: 'joan@example.com', password: 'a sentence of a few words' };

let stack: RedisStack;
beforeAll(async () => {
  const limits = { tries_per_account: 100, tries_per_account_a_day: 1_000 };
  const settings = new SettingsFile(PATIENCE, { auth: { limits } });
  stack = await startStack({ LOG_LEVEL: 'trace' }, { settings });
});
afterAll(async () => stack.stop());

test('nothing that is read in Redis, in PostgreSQL or in the log is a way in', async () => {
  const joan = new Browser(stack.url);
  const finished = await joan.signUp(stack.mailbox, JOAN);
  const device = finished.headers.getSetCookie().find((cookie) => cookie.startsWith('device='));
  await joan.post('/account/second-factor/begin', {});
  await joan.post(...ADD);
  await new Browser(stack.url).post('/forgotten', { email: JOAN.email });
  const token = tokenIn(await stack.mailbox.mailTo(JOAN.email, 'password'));

  const kept = [await allOfRedis(), await allOfPostgres(), stack.app.output()].join('\n');
  for (const secret of [joan.id, token, JOAN.password, device!.split(/[=;]/)[1]!]) {
    expect(secret.length).toBeGreaterThan(20);
    expect(kept).not.toContain(secret);
  }

  const finds = new Set(
    kept.match(/[\w$+/=,-]{20,}/g)?.flatMap((find) => [find, ...find.split('$')]),
  );
  expect(finds.size).toBeGreaterThan(20);
  for (const find of finds) {
    const thief = new Browser(stack.url);
    thief.cookie = `session_id=${find}`;
    expect(await thief.isIn()).toBe(false);
    const tries = [
      ['/reset', { token: find, password: 'a password of a thief’s' }],
      ['/signup/finish', { token: find, name: 'Thief', password: 'a password of a thief’s' }],
    ] as const;
    for (const [path, form] of tries) {
      expect((await new Browser(stack.url).post(path, form)).status).not.toBe(303);
    }
  }
  // As many as an account has tries.
  for (const find of [...finds].slice(0, 60)) {
    expect((await new Browser(stack.url).logIn(JOAN.email, find)).status).not.toBe(303);
  }
  expect((await new Browser(stack.url).logIn(JOAN.email, JOAN.password)).status).toBe(303);
  // The link was good all the while: it is in the mail alone.
  const form = { token, password: 'another one, and no better' };
  expect((await new Browser(stack.url).post('/reset', form)).status).toBe(303);
});

async function allOfRedis(): Promise<string> {
  const redis = new Redis(stack.redis.url);
  const found: string[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    const value = type === 'string' ? await redis.get(key) : await redis.zrange(key, '0', '-1');
    found.push(key, JSON.stringify(value));
  }
  redis.disconnect();
  return found.join('\n');
}

async function allOfPostgres(): Promise<string> {
  const client = new Client(stack.postgres.url);
  await client.connect();
  const { rows } = await client.query<{ xml: string }>(
    "SELECT schema_to_xml('public', true, false, '')::text AS xml",
  );
  await client.end();
  return rows[0]!.xml.replaceAll(/<[^>]+>/g, '\n');
}
