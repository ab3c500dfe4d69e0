import type { FastifyReply, FastifyRequest } from 'fastify';

import { Session } from './session.js';
import { SessionStoreUnavailable } from './session.errors.js';
import type { SessionChanges } from './session-changes.js';
import type { CookieReading, SessionCookie } from './session-cookie.js';
import { keyOf, type SessionKey } from './session-id.js';
import type { Client } from './session-record.js';
import type { SessionRepository } from './session-repository.js';

declare module 'fastify' {
  interface FastifyRequest {
    session: RequestSession;
  }
}

/** Names a browser by its User-Agent, for the list of devices. */
export type NameDevice = (userAgent: string) => string;

/** Ties a session to one request: reads it when it is first asked for, and tells the browser when its id changed. */
export class RequestSession {
  readonly #request: FastifyRequest;
  #loading: Promise<Session> | null = null;
  #loaded: Session | null = null;

  constructor(
    request: FastifyRequest,
    private readonly sessions: SessionRepository,
    private readonly changes: SessionChanges,
    private readonly nameDevice: NameDevice,
    private readonly cookie: SessionCookie,
    private readonly ip: string,
  ) {
    this.#request = request;
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

  /** Puts what the answer has to say about the session into its headers. */
  writeTo(reply: FastifyReply): void {
    if (!this.consulted) return;
    reply.header('cache-control', 'no-store');
    const change = this.#loaded?.cookieChange ?? (this.#cookieIsDead() ? 'clear' : null);
    if (change === 'clear') reply.header('set-cookie', this.cookie.clear());
    else if (change) reply.header('set-cookie', this.cookie.set(change.set));
  }

  async #load(): Promise<Session> {
    const { id } = this.#readCookie();
    const key = id && keyOf(id);
    const live = key && (await this.sessions.read(key));
    const endReason = key && !live ? await this.sessions.endReasonOf(key) : null;
    const client = (): Client => this.#client();
    this.#loaded = new Session(this.sessions, this.changes, client, live, key, endReason);
    return this.#loaded;
  }

  /** The browser holds a cookie that stands for no session. An unreachable store says nothing of that. */
  #cookieIsDead(): boolean {
    return this.#loaded !== null && this.#loaded.key === null && this.#readCookie().sent;
  }

  #readCookie(): CookieReading {
    return this.cookie.read(this.#request.headers.cookie);
  }

  #client(): Client {
    const { headers } = this.#request;
    return { device: this.nameDevice(headers['user-agent'] ?? ''), address: this.ip };
  }
}
