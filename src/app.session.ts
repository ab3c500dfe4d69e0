import { z } from 'zod';

import { storeSettings } from './app.session-store.js';
import { deviceName } from './auth/device-name.js';
import { pendingLoginInSession } from './auth/pending-login.js';
import { cartInSession } from './cart/cart.session.js';
import type { Config } from './config/config.js';
import { isHttps } from './config/public-url.js';
import { flashInSession } from './flash/flash.session.js';
import { senderOf } from './http/sender.js';
import type { Limits } from './limits/limits.js';
import type { Metrics } from './metrics/metrics.js';
import type { SessionDataFormat } from './session/session-data.js';
import type { SessionOptions } from './session/session.module.js';
import type { SessionObserver } from './session/session-observer.js';

/** All that this app keeps in a session: each feature brings its part, with a default for sessions that lack it. */
const sessionData = z.object({ ...pendingLoginInSession, ...cartInSession, ...flashInSession });

const format: SessionDataFormat = {
  initial: () => sessionData.parse({}),
  parse: (stored) => sessionData.safeParse(stored).data ?? null,
  encode: (data) => withoutNulls(sessionData.encode(data)),
};

/** A part that is null is what a session without it has. */
function withoutNulls(data: object): object {
  return Object.fromEntries(Object.entries(data).filter(([, part]) => part !== null));
}

/** The session library's options as the settings have them. */
export function sessionOptions(
  { session, server }: Config,
  metrics?: Metrics,
  observer?: SessionObserver,
  limits?: Limits,
): SessionOptions {
  return {
    store: storeSettings(session),
    lifetime: {
      idleMs: session.ttl_seconds * 1_000,
      guestIdleMs: session.guest_ttl_seconds * 1_000,
      absoluteMs: session.absolute_ttl_seconds * 1_000,
    },
    data: format,
    secureCookie: isHttps(server),
    cookieName: session.cookie_name,
    nameDevice: deviceName,
    admitGuest: limits && (async (request) => limits.consumeOfGuests(senderOf(request))),
    endAllWithinMs: session.end_all_within_ms,
    mostPerOwner: session.max_sessions_per_user,
    observers: [metrics?.sessions ?? [], observer ?? []].flat(),
  };
}
