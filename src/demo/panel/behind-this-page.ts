import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { CONFIG, type Config } from '../../config/config.js';
import { WorkerStatus } from '../../health/worker-status.js';
import { localPath } from '../../http/local-path.js';
import type { Session } from '../../session/session.js';
import { count, duration, milliseconds, moment } from '../../http/in-words.js';
import { sessionPlace, shortKey, storeName } from './session-place.js';
import { StoreRequests } from './store-requests.js';

/** Where the panel is in each page. */
const PANEL = '#behind-this-page';

/** The panel of the same name: who has answered, and where the session is meanwhile. */
@Injectable()
export class BehindThisPage {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly worker: WorkerStatus,
    private readonly storeRequests: StoreRequests,
  ) {}

  /** @param session null while the store can't tell */
  of(session: Session | null, request: FastifyRequest) {
    return {
      worker: this.#worker(),
      store: storeName(this.config.session.store),
      storeIsAway: session === null,
      session: session && this.#session(session),
      asked: this.storeRequests
        .of(request)
        .map(({ ms, ...asked }) => ({ ...asked, took: milliseconds(ms) })),
      requestId: request.id,
      next: localPath(pageOf(request)) + PANEL,
    };
  }

  #worker() {
    const { number, pid, answered, retiresAfter } = this.worker;
    return {
      number,
      pid,
      answered: count(answered),
      retiresAfter: retiresAfter && count(retiresAfter),
      canBeKilled: number !== null,
    };
  }

  /** Null for a visitor: there is nothing yet to be kept. */
  #session({ key, msToLive, expiresAt }: Session) {
    if (key === null || msToLive === null || expiresAt === null) return null;
    return {
      key: shortKey(key),
      place: sessionPlace(this.config.session, shortKey(key)),
      endsIn: duration(msToLive),
      // Close to its deadline a session has no more than what is left until then.
      startsAnew: Date.now() + msToLive < expiresAt,
      deadline: moment(expiresAt),
    };
  }
}

/** The page that the browser shows: a form that was rejected is shown where it was sent to, and stands elsewhere. */
function pageOf({ method, url, headers }: FastifyRequest): string | undefined {
  if (method === 'GET') return url;
  const from = URL.parse(headers.referer ?? '');
  return from ? from.pathname + from.search : undefined;
}
