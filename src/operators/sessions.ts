import { parseArgs } from 'node:util';

import { Logger } from '@nestjs/common';

import { lifetimeOf } from '../app.session.js';
import { storeSettings } from '../app.session-store.js';
import { ENDED_BY_OPERATOR } from '../auth/end-reasons.js';
import type { Config } from '../config/config.js';
import { ConfigMistakes, loadConfig } from '../config/load-config.js';
import { Database } from '../database/database.js';
import { isDatabaseOutage } from '../database/outage.js';
import { ago, count } from '../http/in-words.js';
import { emailField } from '../mail/email-field.js';
import { AllSessionsEnd } from '../session/all-sessions-end.js';
import { SessionStoreUnavailable } from '../session/session.errors.js';
import { Sessions } from '../session/sessions.js';
import { openStore } from '../session/stores/open-store.js';
import type { SessionStore } from '../session/stores/session-store.js';

const USAGE = `Usage: npm run sessions -- COMMAND

  list --user EMAIL    where somebody is logged in
  end --user EMAIL     logs somebody out everywhere
  end --all            logs everybody out
  stats                how many sessions there are

It reads the program's own settings: --config FILE, and the same variables.
`;

/** What an operator can put right. */
class Mistake extends Error {
  override readonly name = 'Mistake';
}

// What goes wrong is said once, at the end.
Logger.overrideLogger(false);
try {
  await run();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, command } = readArguments();
  const config = await loadConfig(values.config, process.env);
  if (config.session.store === 'memory') {
    throw new Mistake('Sessions in memory can be reached by their own process alone.');
  }
  const lifetime = lifetimeOf(config.session);
  const store = await openStore(storeSettings(config.session), lifetime);
  try {
    await store.ping();
    const end = new AllSessionsEnd(store, lifetime, config.session.end_all_within_ms);
    const sessions = new Sessions(store, lifetime, end);
    if (command === 'stats') await showStats(store, config);
    else if (values.all) await endAll(end, config);
    else await forUser(command, values.user!, sessions, config);
  } finally {
    await store.close();
  }
}

/** @throws Mistake with the usage when there is anything else */
function readArguments() {
  const { values, positionals } = parse();
  const [command = '', ...others] = positionals;
  const aims = [values.user !== undefined, values.all].filter(Boolean).length;
  const known =
    (command === 'stats' && aims === 0) ||
    (command === 'list' && values.user !== undefined && aims === 1) ||
    (command === 'end' && aims === 1);
  if (!known || others.length > 0) throw new Mistake(USAGE);
  return { values, command };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        user: { type: 'string' },
        all: { type: 'boolean', default: false },
        config: { type: 'string', default: 'config/server.yaml' },
      },
    });
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

async function showStats(store: SessionStore, { session }: Config): Promise<void> {
  const sessions = await store.count?.();
  say(`store     ${session.store}`);
  say(`sessions  ${sessions === undefined ? 'not counted by this store' : count(sessions)}`);
}

async function endAll(end: AllSessionsEnd, { session }: Config): Promise<void> {
  say(`Ending all sessions; this takes ${session.end_all_within_ms / 1_000} s …`);
  await end.endAll(ENDED_BY_OPERATOR);
  say('Everybody is logged out.');
}

async function forUser(
  command: string,
  email: string,
  sessions: Sessions,
  config: Config,
): Promise<void> {
  const id = await userId(email, config);
  if (command === 'end') {
    say(`${count(await sessions.endAll(id, ENDED_BY_OPERATOR))} ended`);
    return;
  }
  const list = await sessions.list(id);
  for (const { client, createdAt, lastSeenAt } of list) {
    const since = new Date(createdAt).toISOString();
    say([since, ago(lastSeenAt), client.address, client.device].join('  '));
  }
  say(`${count(list.length)} in all`);
}

async function userId(typed: string, config: Config): Promise<string> {
  const { data: email } = emailField.safeParse(typed);
  if (email === undefined) throw new Mistake(`${JSON.stringify(typed)} is no e-mail address.`);
  const database = new Database(config);
  try {
    const user = await database.user.findUnique({ where: { email } });
    if (!user) throw new Mistake(`Nobody has the address ${JSON.stringify(typed)}.`);
    return user.id;
  } finally {
    await database.close();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What an operator can put right needs no stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Prisma says the reason in its last line, after where in the code it was.
  if (isDatabaseOutage(error)) return `PostgreSQL: ${error.message.trimEnd().split('\n').at(-1)}`;
  const plain = [Mistake, ConfigMistakes, SessionStoreUnavailable].some(
    (kind) => error instanceof kind,
  );
  return plain ? error.message.trimEnd() : (error.stack ?? error.message);
}
