import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { CONFIG, type Config } from '../../config/config.js';
import { isHttps } from '../../config/public-url.js';
import { WorkerStatus } from '../../health/worker-status.js';
import { ago, count, duration, type Moment, moment } from '../../http/in-words.js';
import { linkWithNext } from '../../http/local-path.js';
import { problemOf } from '../../http/problem.js';
import { SessionStoreUnavailable } from '../../session/session.errors.js';
import type { Session } from '../../session/session.js';
import { SessionCookie } from '../../session/session-cookie.js';
import { listAnswers, readAnswers } from './answers.js';
import { cookieInSight } from './cookie-in-sight.js';
import { sessionPlace, shortKey, storeName } from '../panel/session-place.js';
import { sourceLines } from './source-lines.js';

export const HOW_IT_WORKS = '/how-it-works';

/** A page behind the guard, to show what it does. */
const GUARDED = '/cart';

/** The walk-through: what happens from the login on, with the values of the request that asks for it. */
@Injectable()
export class HowItWorks {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly worker: WorkerStatus,
  ) {}

  /**
   * @param session null while the store can't tell
   * @param answered who has answered before, as the address lists it
   */
  of(session: Session | null, request: FastifyRequest, answered: unknown) {
    const { session: settings, server } = this.config;
    const { key, ...cookie } = cookieInSight(
      request,
      new SessionCookie(isHttps(server), settings.cookie_name),
      session,
    );
    return {
      visitor: visitorOf(session, cookie.sent),
      store: storeName(settings.store),
      isRedis: settings.store === 'redis',
      cookie,
      key: key && { short: shortKey(key), place: sessionPlace(settings, shortKey(key)) },
      login: session && loginOf(session),
      record: session?.record && JSON.stringify(session.record, null, 2),
      clocks: session && clocksOf(session),
      lifetime: {
        user: duration(settings.ttl_seconds * 1_000),
        guest: duration(settings.guest_ttl_seconds * 1_000),
        absolute: duration(settings.absolute_ttl_seconds * 1_000),
      },
      ...this.#answers(answered),
      guarded: GUARDED,
      loginPage: linkWithNext('/login', GUARDED),
      outage: problemOf(new SessionStoreUnavailable()),
      sources: sourceLines(settings.store),
    };
  }

  #answers(answered: unknown) {
    const { number, pid } = this.worker;
    const answers = [...readAnswers(answered), { number, pid }];
    return { answers, again: `${HOW_IT_WORKS}?answers=${listAnswers(answers)}#workers` };
  }
}

/** What the program can say of who asks. */
function visitorOf(
  session: Session | null,
  cookieSent: boolean,
): 'unknown' | 'user' | 'guest' | 'former' | 'new' {
  if (session === null) return 'unknown';
  if (session.owner !== null) return 'user';
  if (session.key !== null) return 'guest';
  return cookieSent ? 'former' : 'new';
}

function loginOf({ owner, createdAt }: Session) {
  if (createdAt === null) return null;
  return { owner, at: moment(createdAt), ago: ago(createdAt) };
}

function clocksOf({ msToLive, expiresAt }: Session) {
  if (msToLive === null || expiresAt === null) return null;
  const now = Date.now();
  return {
    idle: { left: seconds(msToLive), end: momentToTheSecond(now + msToLive) },
    deadline: { left: seconds(expiresAt - now), end: momentToTheSecond(expiresAt) },
    // Close to the deadline the idle clock has no more than what is left until then.
    startsAnew: now + msToLive < expiresAt,
  };
}

function seconds(ms: number): string {
  return `${count(Math.floor(ms / 1_000))} s`;
}

function momentToTheSecond(at: number): Moment {
  return { words: `${SECOND.format(at)} UTC`, iso: new Date(at).toISOString() };
}

const SECOND = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'medium',
  timeZone: 'UTC',
});
