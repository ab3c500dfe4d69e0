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
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { RequestSession } from './request-session.js';
import { SessionStoreUnavailable } from './session.errors.js';
import { SessionChanges } from './session-changes.js';
import type { SessionDataFormat } from './session-data.js';
import type { SessionLifetime } from './session-lifetime.js';
import { SessionRepository } from './session-repository.js';
import { Sessions } from './sessions.js';
import { ObservedStore, type StoreObserver } from './stores/observed.store.js';
import { openStore, type StoreSettings } from './stores/open-store.js';
import type { SessionStore } from './stores/session-store.js';

export interface SessionOptions {
  readonly store: StoreSettings;
  readonly lifetime: SessionLifetime;
  readonly data: SessionDataFormat;
  /** How many sessions a user may have: a login beyond that ends the oldest. No limit by default. */
  readonly mostPerOwner?: number | undefined;
  /** Hears what the store is asked; without one nothing is measured. It must not throw. */
  readonly observe?: StoreObserver | undefined;
}

const OPTIONS = Symbol('session options');
const STORE = Symbol('session store');

/** Gives every request of a Nest app on Fastify a session, and the app the service `Sessions`. */
@Module({})
export class SessionModule implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Session');

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(STORE) private readonly store: SessionStore,
    private readonly sessions: SessionRepository,
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
          inject: [STORE, OPTIONS],
          useFactory: (store: SessionStore, o: SessionOptions) =>
            new SessionRepository(store, o.lifetime, o.data, o.mostPerOwner),
        },
        {
          provide: Sessions,
          inject: [STORE, OPTIONS],
          useFactory: (store: SessionStore, o: SessionOptions) => new Sessions(store, o.lifetime),
        },
      ],
      exports: [Sessions],
    };
  }

  async onModuleInit(): Promise<void> {
    addSessionHooks(this.host.httpAdapter.getInstance<FastifyInstance>(), this.sessions);
    await this.#greetStore();
  }

  async onApplicationShutdown(): Promise<void> {
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

async function storeOf({ store, lifetime, observe }: SessionOptions): Promise<SessionStore> {
  const opened = await openStore(store, lifetime);
  return observe ? new ObservedStore(opened, observe) : opened;
}

function addSessionHooks(fastify: FastifyInstance, sessions: SessionRepository): void {
  const changes = new SessionChanges(sessions);
  const ofRequest = new WeakMap<FastifyRequest, RequestSession>();
  fastify.decorateRequest('session', {
    getter() {
      let session = ofRequest.get(this);
      if (!session) ofRequest.set(this, (session = new RequestSession(this, sessions, changes)));
      return session;
    },
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    request.session.writeTo(reply);
    done(null, payload);
  });
}
