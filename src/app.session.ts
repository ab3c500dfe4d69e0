import { Logger } from '@nestjs/common';
import { z } from 'zod';

import { storeSettings } from './app.session-store.js';
import { deviceName } from './auth/device-name.js';
import { pendingLoginInSession } from './auth/pending-login.js';
import type { Config } from './config/config.js';
import { isHttps } from './config/public-url.js';
import type { FeatureMetadata } from './feature/feature.js';
import { flashInSession } from './flash/flash.session.js';
import { senderOf } from './http/sender.js';
import type { Limits } from './limits/limits.js';
import type { Metrics } from './metrics/metrics.js';
import type { SessionData, SessionDataFormat } from './session/session-data.js';
import type { SessionLifetime } from './session/session-lifetime.js';
import type { SessionOptions } from './session/session.module.js';
import type { SessionObserver } from './session/session-observer.js';

/** What the app itself keeps in a session. */
export const ownSession = { ...pendingLoginInSession, ...flashInSession };

/** @throws Error when a field of a feature has no default, or its default does not survive JSON */
function formatOf(features: readonly FeatureMetadata[]): SessionDataFormat {
  features.forEach(checkFields);
  const ofFeatures: z.ZodRawShape = Object.assign({}, ...features.map(({ session }) => session));
  // Loose: fields of other versions of the app, such as one with a new feature, are kept.
  const data = z.looseObject({ ...ownSession, ...ofFeatures }) as unknown as z.ZodType<SessionData>;
  const defaults = Object.entries(data.parse({}));
  const nullByDefault = new Set(
    defaults.flatMap(([field, value]) => (value === null ? field : [])),
  );
  return {
    initial: () => data.parse({}),
    parse: (stored) => {
      const { data: parsed, error } = data.safeParse(stored);
      if (parsed) return parsed;
      const refused = new Set(error?.issues.map(({ path: [field] }) => String(field)));
      if (![...refused].every((field) => Object.hasOwn(ofFeatures, field))) return null;
      new Logger('Session').warn(
        `fields that can’t be read begin anew: ${[...refused].join(', ')}`,
      );
      return data.parse(without(refused, stored as object));
    },
    // A session without the field has the same value.
    encode: (values) => {
      const encoded = data.encode(values) as object;
      return Object.fromEntries(
        Object.entries(encoded).filter(
          ([field, value]) => value !== null || !nullByDefault.has(field),
        ),
      );
    },
  };
}

function without(fields: ReadonlySet<string>, data: object): object {
  return Object.fromEntries(Object.entries(data).filter(([field]) => !fields.has(field)));
}

function checkFields({ name, session = {} }: FeatureMetadata): void {
  for (const [field, schema] of Object.entries(session)) {
    try {
      const stored = JSON.stringify(z.encode(schema, z.parse(schema, undefined)));
      z.parse(schema, JSON.parse(stored));
    } catch (cause) {
      const message = `the session field ${field} of the feature ${name} needs a default that survives JSON`;
      throw new Error(message, { cause });
    }
  }
}

/** The session library's options as the settings have them. */
export function sessionOptions(features: readonly FeatureMetadata[]) {
  const format = formatOf(features);
  return (
    { session, server }: Config,
    limits: Limits,
    metrics?: Metrics,
    ...observers: SessionObserver[]
  ): SessionOptions => ({
    store: storeSettings(session),
    lifetime: lifetimeOf(session),
    data: format,
    secureCookie: isHttps(server),
    cookieName: session.cookie_name,
    nameDevice: deviceName,
    admitGuest: async (request) => limits.consumeOfGuests(senderOf(request)),
    endAllWithinMs: session.end_all_within_ms,
    mostPerOwner: session.max_sessions_per_user,
    observers: [metrics?.sessions ?? [], ...observers].flat(),
  });
}

/** How long sessions live, as the settings have it. */
export function lifetimeOf(session: Config['session']): SessionLifetime {
  return {
    idleMs: session.ttl_seconds * 1_000,
    guestIdleMs: session.guest_ttl_seconds * 1_000,
    absoluteMs: session.absolute_ttl_seconds * 1_000,
  };
}
