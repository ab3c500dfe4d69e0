import { isIP } from 'node:net';

import { z } from 'zod';

import {
  integer,
  matching,
  oneOf,
  onOff,
  optionalText,
  origin,
  text,
  url,
  urls,
  words,
} from './settings.js';

const DAY_S = 86_400;

const server = z
  .strictObject({
    host: text('a host name or an IP address'),
    port: integer(0, 65_535),
    public_url: origin('https://app.example'),
    hsts: oneOf('host_only', 'include_subdomains', 'preload'),
    trust_proxy: z.preprocess(
      listed,
      z.custom<false | string[]>((value) => value === false || areNetworks(value), {
        error:
          'false, or a list of addresses or networks like [10.0.0.0/8], none of which is everything',
      }),
    ),
    refuse_writes_without_origin: onOff(),
    max_connections_per_worker: integer(1, 1_000_000),
    max_event_loop_delay_ms: integer(0, 60_000, 'milliseconds'),
    headers_timeout_ms: integer(100, 600_000, 'milliseconds'),
    request_timeout_ms: integer(100, 600_000, 'milliseconds'),
    idle_timeout_ms: integer(100, 600_000, 'milliseconds'),
    shutdown_grace_period_ms: integer(0, 600_000, 'milliseconds'),
  })
  // Node.js exchanges the two without a word.
  .refine((times) => times.headers_timeout_ms <= times.request_timeout_ms, {
    path: ['headers_timeout_ms'],
    error: 'no more than request_timeout_ms, which counts the headers, too',
  });

const workers = z.strictObject({
  count: integer(0, 1_024),
  max_requests: integer(0, 1_000_000_000),
  max_memory_mb: integer(0, 1_048_576, 'MiB'),
  startup_timeout_ms: integer(100, 600_000, 'milliseconds'),
  hang_timeout_ms: integer(2_000, 600_000, 'milliseconds'),
});

const metrics = z.strictObject({
  enabled: onOff(),
  host: text('a host name or an IP address'),
  port: integer(0, 65_535),
});

const timeoutMs = integer(10, 60_000, 'milliseconds');

function sqlSettings(protocols: string[], example: string) {
  return z.strictObject({
    url: url(protocols, example),
    table: matching(/^[A-Za-z_]\w{0,47}$/, 'up to 48 letters, digits and underscores'),
    pool_size: integer(1, 1_000),
    timeout_ms: timeoutMs,
  });
}

const redisSettings = z
  .strictObject({
    mode: oneOf('single', 'sentinel', 'cluster'),
    url: urls(['redis:', 'rediss:'], 'redis://127.0.0.1:6379'),
    master_name: text('a name'),
    username: optionalText(),
    password: optionalText(),
    ca_file: optionalText(),
    key_prefix: optionalText(),
    replicas_to_wait_for: integer(0, 10),
    timeout_ms: timeoutMs,
  })
  .refine((redis) => redis.mode !== 'single' || !redis.url.includes(','), {
    path: ['url'],
    error: 'one URL in the mode single; several are for sentinel and cluster',
  });

/** The cookie that a device is known by. Copies of the app on one host may share it: it lets nobody in. */
export const DEVICE_COOKIE = 'device';

/** A token (RFC 6265, 4.1.1) that browsers give no meaning of its own (RFC 6265bis, 4.1.3: prefixes, in any case). */
const cookieName = matching(
  /^(?!__(?:host|secure|http)-)[\w!#$%&'*+.^`|~-]{1,64}$/i,
  "up to 64 of the characters A-Z a-z 0-9 and !#$%&'*+-.^_`|~, without a prefix like __Host-",
).refine((name) => name !== DEVICE_COOKIE, {
  error: `another name: ${DEVICE_COOKIE} is the cookie that a device is known by`,
});

const session = z.strictObject({
  store: oneOf('redis', 'memcached', 'postgres', 'mysql', 'file', 'memory'),
  ttl_seconds: integer(1, 365 * DAY_S, 'seconds'),
  guest_ttl_seconds: integer(1, 365 * DAY_S, 'seconds'),
  absolute_ttl_seconds: integer(1, 365 * DAY_S, 'seconds'),
  cookie_name: cookieName,
  max_sessions_per_user: integer(1, 1_000),
  end_all_within_ms: integer(10, 60_000, 'milliseconds'),
  sweep_seconds: integer(1, DAY_S, 'seconds'),
  redis: redisSettings,
  memcached: z.strictObject({
    url: url(['memcached:'], 'memcached://127.0.0.1:11211'),
    key_prefix: optionalText(),
    timeout_ms: timeoutMs,
  }),
  postgres: sqlSettings(['postgresql:', 'postgres:'], 'postgresql://user:password@127.0.0.1/app'),
  mysql: sqlSettings(['mysql:'], 'mysql://user:password@127.0.0.1:3306/sessions'),
  file: z.strictObject({ folder: text('a folder'), timeout_ms: timeoutMs }),
});

const database = z.strictObject({
  url: url(['postgresql:', 'postgres:'], 'postgresql://user:password@127.0.0.1:5432/app'),
  pool_size: integer(1, 1_000),
  timeout_ms: timeoutMs,
});

const mail = z.strictObject({
  url: url(['smtp:', 'smtps:', 'file:'], 'smtps://user:password@mail.example'),
  from: text('a name and an address, like App <hello@app.example>'),
  timeout_ms: timeoutMs,
});

const auth = z.strictObject({
  reauthenticate_after_seconds: integer(1, 30 * DAY_S, 'seconds'),
  password_context_words: words(),
  limits: z.strictObject({
    tries_per_account: integer(1, 100),
    tries_per_account_a_day: integer(1, 1_000),
    tries_per_address: integer(1, 1_000_000),
    mails_per_address: integer(1, 1_000_000),
  }),
  // The bounds keep a mistake from making every login fail or take minutes; RFC 9106, 3.1 asks for 8 KiB a lane.
  argon2: z
    .strictObject({
      memory_kib: integer(1_024, 4_194_304, 'KiB'),
      iterations: integer(1, 100),
      parallelism: integer(1, 64),
      at_once: integer(1, 64),
      waiting: integer(0, 10_000),
      max_wait_ms: timeoutMs,
    })
    .refine((argon2) => argon2.memory_kib >= 8 * argon2.parallelism, {
      error: 'a memory_kib of at least 8 times parallelism',
    }),
});

const sections = {
  environment: oneOf('production', 'development', 'test'),
  server,
  workers,
  log: z.strictObject({
    level: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  }),
  metrics,
  session,
  database,
  mail,
  auth,
};

/**
 * What config/server.yaml must look like.
 * @param ofFeatures the sections of features, by their names
 * @throws Error when one has the name of a section of the app
 */
export function configSchema(ofFeatures: Readonly<Record<string, z.ZodType>>) {
  const taken = Object.keys(ofFeatures).find((name) => Object.hasOwn(sections, name));
  if (taken !== undefined)
    throw new Error(`the section ${taken} is the app's: no feature can have it`);
  return z
    .strictObject({ ...sections, ...(ofFeatures as object) })
    .superRefine((config, context) => {
      if (config.environment === 'production' && config.mail.url.startsWith('file:')) {
        context.addIssue({
          code: 'custom',
          path: ['mail', 'url'],
          message: 'smtp:// or smtps:// in production: mails in a folder reach nobody',
        });
      }
    })
    .superRefine((config, context) => {
      if (config.session.store !== 'memory') return;
      if (config.environment === 'production') {
        context.addIssue({
          code: 'custom',
          path: ['session', 'store'],
          message: 'another store in production: in memory every session ends with the process',
        });
      }
      if (config.workers.count !== 1) {
        context.addIssue({
          code: 'custom',
          path: ['session', 'store'],
          message:
            'another store, or workers.count 1: workers that each have sessions of their own log users out at random',
        });
      }
    });
}

/** The settings as the program sees them: checked, complete, and read once. */
export type Config = z.infer<ReturnType<typeof configSchema>> & FeatureSettings;

/**
 * The settings of features. Each declares its own beside their schema:
 *
 *     declare module '../config/config.js' {
 *       interface FeatureSettings { readonly wishes: z.infer<typeof settings> }
 *     }
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- filled in by features
export interface FeatureSettings {}

/** For Nest's container: `@Inject(CONFIG) config: Config`. */
export const CONFIG = Symbol('config');

/** What a variable can say of a list: `false`, or items separated by commas. */
function listed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value === 'false' ? false : value.split(',').map((item) => item.trim());
}

function areNetworks(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isNetwork);
}

function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  const most = family === 4 ? 32 : 128;
  // Whoever trusts everybody knows no client.
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most;
}
