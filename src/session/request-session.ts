import type { FastifyReply, FastifyRequest } from 'fastify';

import { type CookieChange, Session } from './session.js';
import { SessionStoreUnavailable } from './session.errors.js';
import type { SessionChanges } from './session-changes.js';
import type { CookieReading, SessionCookie } from './session-cookie.js';
import { keyOf, type SessionId, type SessionKey } from './session-id.js';
import type { Client } from './session-record.js';
import type { SessionRepository } from './session-repository.js';

declare module 'fastify' {
  interface FastifyRequest {
    session: RequestSession;
  }
}

/** Names a browser by its User-Agent, for the list of devices. */
export type NameDevice = (userAgent: string) => string;

/** Is asked before a session is stored for a visitor, and throws to refuse it. */
export type AdmitGuest = (request: FastifyRequest) => Promise<void>;

export interface RequestSessionOptions {
  readonly cookie: SessionCookie;
  readonly nameDevice: NameDevice;
  readonly admitGuest: AdmitGuest;
}

/** Ties a session to one request: reads it when it is first asked for, and tells the browser when its id changed. */
export class RequestSession {
  readonly #request: FastifyRequest;
  readonly #options: RequestSessionOptions;
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

  /** The session of the request. The store is asked once a request at most, and never for a visitor without a cookie. */
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

  /** What the browser sent as the session's id, if it has the form of one. */
  get sentId(): SessionId | null {
    return this.#readCookie().id;
  }

  /** What becomes of the browser's cookie with the answer; null when it stays. */
  get cookieChange(): CookieChange | null {
    return this.#loaded?.cookieChange ?? null;
  }

  /** Puts what the answer has to say about the session into its headers. */
  async writeTo(reply: FastifyReply): Promise<void> {
    if (!this.consulted) return;
    reply.header('cache-control', 'no-store');
    const change = this.cookieChange ?? ((await this.#mayClear()) ? 'clear' : null);
    if (change === 'clear') reply.header('set-cookie', this.#options.cookie.clear());
    else if (change) reply.header('set-cookie', this.#options.cookie.set(change.set));
  }

  async #load(): Promise<Session> {
    const { id } = this.#readCookie();
    const key = id && keyOf(id);
    const live = key && (await this.sessions.read(key));
    const tombstone = key && !live ? await this.sessions.tombstoneOf(key) : null;
    this.#loaded = new Session(
      this.sessions,
      this.changes,
      () => this.#client(),
      live,
      key,
      tombstone?.reason ?? null,
      async () => this.#options.admitGuest(this.#request),
    );
    return this.#loaded;
  }

  /**
   * Whether the browser may be told to drop its cookie, because it stands for no session. An unreachable store says
   * nothing of that; nor is it dropped when the browser has been given another meanwhile, which would go with it.
   */
  async #mayClear(): Promise<boolean> {
    if (this.#loaded === null || this.#loaded.key !== null) return false;
    const { id, count } = this.#readCookie();
    if (id === null) return count > 1;
    try {
      return !(await this.sessions.tombstoneOf(keyOf(id)))?.successor;
    } catch (error) {
      if (error instanceof SessionStoreUnavailable) return false;
      throw error;
    }
  }

  #readCookie(): CookieReading {
    return this.#options.cookie.read(this.#request.headers.cookie);
  }

  #client(): Client {
    const { headers } = this.#request;
    return { device: this.#options.nameDevice(headers['user-agent'] ?? ''), address: this.ip };
  }
}
