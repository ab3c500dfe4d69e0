import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { AllSessionsEnd } from './all-sessions-end.js';
import { IdempotentRequests } from './idempotent.js';
import {
  type AdmitGuest,
  type NameDevice,
  RequestSession,
  type RequestSessionOptions,
} from './request-session.js';
import { SessionStoreUnavailable } from './session.errors.js';
import { SessionChanges } from './session-changes.js';
import { SessionCookie } from './session-cookie.js';
import type { SessionDataFormat } from './session-data.js';
import type { SessionLifetime } from './session-lifetime.js';
import type { SessionObserver, TellEvent } from './session-observer.js';
import { SessionRepository } from './session-repository.js';
import { Sessions } from './sessions.js';
import { ObservedStore } from './stores/observed.store.js';
import { openStore, type StoreSettings } from './stores/open-store.js';
import type { SessionStore } from './stores/session-store.js';

export interface SessionOptions {
  readonly store: StoreSettings;
  readonly lifetime: SessionLifetime;
  readonly data: SessionDataFormat;
  /** Whether browsers reach the app over HTTPS: then the cookie is Secure, and its name begins with `__Host-`. */
  readonly secureCookie: boolean;
  /** The cookie's name: a token (RFC 6265, 4.1.1) without a prefix such as `__Host-`. By default `session_id`. */
  readonly cookieName?: string;
  /** How many sessions a user may have: a login beyond that ends the oldest. No limit by default. */
  readonly mostPerOwner?: number | undefined;
  /** Limits how many sessions one client makes as a guest. No limit by default. */
  readonly admitGuest?: AdmitGuest | undefined;
  /** How a session names its browser, from the User-Agent. By default with its first 256 characters. */
  readonly nameDevice?: NameDevice;
  /** How soon every process knows that all sessions were ended, in milliseconds, and how far clocks may be apart. */
  readonly endAllWithinMs: number;
  /** Hear what the library does; without one nothing is measured. */
  readonly observers?: readonly SessionObserver[];
}

const OPTIONS = Symbol('session options');
const STORE = Symbol('session store');

const OF_REQUEST = Symbol('session of the request');
const CLIENT_IP = Symbol('ip of the client');

declare module 'fastify' {
  interface FastifyRequest {
    [OF_REQUEST]: RequestSession | null;
    [CLIENT_IP]: string;
  }
}

/** Gives every request of a Nest app on Fastify a session, and the app the service `Sessions`. */
@Module({})
export class SessionModule implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Session');

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(OPTIONS) private readonly options: SessionOptions,
    @Inject(STORE) private readonly store: SessionStore,
    private readonly sessions: SessionRepository,
    private readonly allEnd: AllSessionsEnd,
  ) {}

  static forRoot(
    options: Pick<FactoryProvider<SessionOptions>, 'inject' | 'useFactory'>,
  ): DynamicModule {
    return {
      module: SessionModule,
      global: true,
      providers: [
        { provide: OPTIONS, ...options },
        {
          provide: STORE,
          inject: [OPTIONS],
          useFactory: storeOf,
        },
        {
          provide: SessionRepository,
          inject: [STORE, OPTIONS, AllSessionsEnd],
          useFactory: (store: SessionStore, o: SessionOptions, allEnd: AllSessionsEnd) =>
            new SessionRepository(store, o.lifetime, o.data, {
              mostPerOwner: o.mostPerOwner,
              allEnd,
              tell: tellerOf(o),
            }),
        },
        {
          provide: Sessions,
          inject: [STORE, OPTIONS, AllSessionsEnd],
          useFactory: (store: SessionStore, o: SessionOptions, allEnd: AllSessionsEnd) =>
            new Sessions(store, o.lifetime, allEnd, tellerOf(o)),
        },
        {
          provide: AllSessionsEnd,
          inject: [STORE, OPTIONS],
          useFactory: (store: SessionStore, { lifetime, endAllWithinMs }: SessionOptions) =>
            new AllSessionsEnd(store, lifetime, endAllWithinMs),
        },
      ],
      exports: [Sessions],
    };
  }

  async onModuleInit(): Promise<void> {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const {
      nameDevice = beginning,
      admitGuest = admitAll,
      secureCookie,
      cookieName,
    } = this.options;
    const cookie = new SessionCookie(secureCookie, cookieName);
    addSessionHooks(fastify, this.sessions, { cookie, nameDevice, admitGuest });
    new IdempotentRequests(this.store).addHooks(fastify);
    await this.#greetStore();
    this.allEnd.watch();
  }

  async onApplicationShutdown(): Promise<void> {
    this.allEnd.stop();
    await this.store.close();
  }

  /** Waits for the store, but no longer than its timeout: without it pages that need no session still work. */
  async #greetStore(): Promise<void> {
    try {
      await this.store.ping();
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      this.#logger.error(`starting without the session store: ${error.message}`);
    }
  }
}

async function storeOf({ store, lifetime, observers = [] }: SessionOptions): Promise<SessionStore> {
  const opened = await openStore(store, lifetime);
  const listening = observers.flatMap(({ onOperation }) => onOperation ?? []);
  if (listening.length === 0) return opened;
  return new ObservedStore(opened, (...operation) => {
    for (const onOperation of listening) onOperation(...operation);
  });
}

function tellerOf({ observers = [] }: SessionOptions): TellEvent {
  const listening = observers.flatMap(({ onEvent }) => onEvent ?? []);
  return (event) => {
    for (const onEvent of listening) onEvent(event);
  };
}

const beginning: NameDevice = (userAgent) => userAgent.slice(0, 256);

async function admitAll(): Promise<void> {}

function addSessionHooks(
  fastify: FastifyInstance,
  sessions: SessionRepository,
  options: RequestSessionOptions,
): void {
  const changes = new SessionChanges(sessions);
  fastify.decorateRequest(OF_REQUEST, null);
  fastify.decorateRequest(CLIENT_IP, '');
  fastify.decorateRequest('session', {
    getter() {
      const ip = this[CLIENT_IP];
      return (this[OF_REQUEST] ??= new RequestSession(this, ip, sessions, changes, options));
    },
  });
  // Once the connection is reset nobody can tell any more, and a session may be made after that.
  fastify.addHook('onRequest', (request, _, done) => {
    request[CLIENT_IP] = ipOf(request);
    done();
  });
  fastify.addHook('onSend', (request, reply, _, done) => {
    request.session.writeTo(reply);
    done();
  });
}

/** Fastify has none for a connection that was reset before anybody could look. */
function ipOf({ ip }: { readonly ip?: string }): string {
  return ip ?? 'unknown';
}
