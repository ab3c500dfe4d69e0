import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type CookieChange, Session } from './session.js';
import { SessionStoreUnavailable } from './session.errors.js';
import type { SessionChanges } from './session-changes.js';
import type { CookieReading, SessionCookie } from './session-cookie.js';
import { keyOf, type SessionId, type SessionKey } from './session-id.js';
import type { Client } from './session-record.js';
import type { LiveSession, SessionRepository } from './session-repository.js';

declare module 'fastify' {
  interface FastifyRequest {
    session: RequestSession;
  }
}

/** Names a browser by its User-Agent, for the list of devices. */
export type NameDevice = (userAgent: string) => string;

/** Is asked before a session is stored for a visitor, and throws to refuse it. */
export type AdmitGuest = (request: FastifyRequest) => Promise<void>;

/** How many ids of one request are looked up. With more of them none counts, so that nobody causes many look-ups. */
const MAX_LOOKUPS = 4;

export interface RequestSessionOptions {
  readonly cookie: SessionCookie;
  readonly nameDevice: NameDevice;
  readonly admitGuest: AdmitGuest;
}

/** Ties a session to one request: reads it when it is first asked for, and tells the browser when its id changed. */
export class RequestSession {
  readonly #request: FastifyRequest;
  readonly #options: RequestSessionOptions;
  readonly #logger = new Logger('Session');
  #loading: Promise<Session> | null = null;
  #loaded: Session | null = null;

  /** @param ip the client's, as it was when the request arrived */
  constructor(
    request: FastifyRequest,
    private readonly ip: string,
    private readonly sessions: SessionRepository,
    private readonly changes: SessionChanges,
    options: RequestSessionOptions,
  ) {
    this.#request = request;
    this.#options = options;
  }

  /**
   * The session of the request. The store is asked once for each id that the browser sent, and never for a visitor without
   * a cookie. Of several ids the one with a live session counts; where several have one, none does. More than four are not
   * looked up, and none counts.
   */
  async load(): Promise<Session> {
    return (this.#loading ??= this.#load());
  }

  /** The same, or null while the store can't answer: for what is there for everybody, and only greets who is known. */
  async loadIfAvailable(): Promise<Session | null> {
    try {
      return await this.load();
    } catch (error) {
      if (error instanceof SessionStoreUnavailable) return null;
      throw error;
    }
  }

  /** Whether a session had any part in the answer: then no cache may keep it. */
  get consulted(): boolean {
    return this.#loading !== null;
  }

  /** The name in the store of the session that was found or made; null when there is none, or nobody asked yet. */
  get key(): SessionKey | null {
    return this.#loaded?.key ?? null;
  }

  /** What the browser sent as ids of a session: see `SessionCookie.read`. */
  get sentIds(): readonly SessionId[] {
    return this.#readCookie().ids;
  }

  /** What becomes of the browser's cookie with the answer; null when it stays. */
  get cookieChange(): CookieChange | null {
    return this.#loaded?.cookieChange ?? null;
  }

  /** Puts what the answer has to say about the session into its headers. */
  writeTo(reply: FastifyReply): void {
    if (!this.consulted) return;
    reply.header('cache-control', 'no-store');
    const change = this.cookieChange;
    if (change === 'clear') reply.header('set-cookie', this.#options.cookie.clear());
    else if (change) reply.header('set-cookie', this.#options.cookie.set(change.set, change.until));
  }

  async #load(): Promise<Session> {
    const { ids, count } = this.#readCookie();
    const sentKeys = ids.map(keyOf);
    const found = await this.#lookUp(sentKeys);
    this.#loaded = new Session(this.sessions, this.changes, () => this.#client(), found, {
      sentKeys,
      isOnlyCookie: count === 1,
      mayBeUnseen: mayBeUnseen(this.#request),
      admitGuest: async () => this.#options.admitGuest(this.#request),
    });
    return this.#loaded;
  }

  /** The live sessions of these keys; null when they are too many to look up. */
  async #lookUp(keys: readonly SessionKey[]): Promise<LiveSession[] | null> {
    if (keys.length > MAX_LOOKUPS) {
      this.#logger.warn(
        `a request with ${keys.length} session ids has none: more than ${MAX_LOOKUPS} are not looked up`,
      );
      return null;
    }
    const found = await Promise.all(keys.map(async (key) => this.sessions.read(key)));
    const live = found.filter((session) => session !== null);
    if (live.length > 1) {
      const names = live.map(({ key }) => `${key.slice(0, 8)}…`).join(', ');
      this.#logger.warn(`a request with the ids of several live sessions has none: ${names}`);
    }
    return live;
  }

  #readCookie(): CookieReading {
    return this.#options.cookie.read(this.#request.headers.cookie);
  }

  #client(): Client {
    const { headers } = this.#request;
    return { device: this.#options.nameDevice(headers['user-agent'] ?? ''), address: this.ip };
  }
}

/**
 * Whether nobody may ever see the answer: a browser fetches or renders a page ahead
 * (https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header), a script asks for it and shows what it likes
 * (https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header), or somebody asks for the headers alone.
 */
function mayBeUnseen({ method, headers }: FastifyRequest): boolean {
  const isAhead = String(headers['sec-purpose'] ?? '').includes('prefetch');
  return isAhead || headers['sec-fetch-dest'] === 'empty' || method === 'HEAD';
}
