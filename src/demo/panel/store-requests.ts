import { AsyncLocalStorage } from 'node:async_hooks';

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { CONFIG, type Config } from '../../config/config.js';
import type { SessionObserver } from '../../session/session-observer.js';
import type { StoreObserver, StoreOperation } from '../../session/stores/observed.store.js';
import { hasPanel } from '../demo.settings.js';

/** What the session store was asked. */
export interface StoreRequest {
  readonly operation: StoreOperation;
  readonly ms: number;
  readonly failed: boolean;
}

/**
 * Tells what each HTTP request asked of the session store. Changes of one session that are stored in a single swap
 * count for the request that came first.
 *
 * To know for which request the store is asked it follows every promise, which costs each request a third of its time
 * on Node.js 20: it is for the demo, and nothing else may need it.
 */
@Injectable()
export class StoreRequests implements SessionObserver, OnModuleInit {
  readonly #current = new AsyncLocalStorage<FastifyRequest>();
  readonly #ofRequest = new WeakMap<FastifyRequest, StoreRequest[]>();

  /** Without the panel nothing is heard, so that it costs nothing. */
  readonly onOperation?: StoreObserver;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly host: HttpAdapterHost,
  ) {
    if (hasPanel(config)) this.onOperation = (...operation) => this.#hear(...operation);
  }

  onModuleInit(): void {
    if (!this.onOperation) return;
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const enter = (request: FastifyRequest, _: unknown, done: () => void): void =>
      this.#current.run(request, done);
    fastify.addHook('onRequest', enter);
    // A body arrives in the context of its connection: what comes after it has to be entered again.
    fastify.addHook('preValidation', enter);
  }

  of(request: FastifyRequest): readonly StoreRequest[] {
    return this.#ofRequest.get(request) ?? [];
  }

  #hear(operation: StoreOperation, ms: number, error?: unknown): void {
    const request = this.#current.getStore();
    if (!request) return;
    const asked = this.#ofRequest.get(request) ?? [];
    asked.push({ operation, ms, failed: error !== undefined });
    this.#ofRequest.set(request, asked);
  }
}
