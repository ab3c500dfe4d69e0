import { AsyncLocalStorage } from 'node:async_hooks';

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { StoreObserver, StoreOperation } from '../session/stores/observed.store.js';

/** What the session store was asked. */
export interface StoreRequest {
  readonly operation: StoreOperation;
  readonly ms: number;
  readonly failed: boolean;
}

/**
 * Tells what each HTTP request asked of the session store. Changes of one session that are stored in a single swap
 * count for the request that came first.
 */
@Injectable()
export class StoreRequests implements OnModuleInit {
  readonly #ofRequest = new WeakMap<FastifyRequest, StoreRequest[]>();
  readonly #current = new AsyncLocalStorage<StoreRequest[]>();

  constructor(private readonly host: HttpAdapterHost) {}

  /** The observer to give to the session library. */
  readonly observe: StoreObserver = (operation, ms, error) => {
    this.#current.getStore()?.push({ operation, ms, failed: error !== undefined });
  };

  of(request: FastifyRequest): readonly StoreRequest[] {
    return this.#ofRequest.get(request) ?? [];
  }

  onModuleInit(): void {
    const enter = (request: FastifyRequest, _: unknown, done: () => void): void => {
      const asked = this.#ofRequest.get(request) ?? [];
      this.#ofRequest.set(request, asked);
      this.#current.run(asked, done);
    };
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRequest', enter);
    // A body arrives in the context of its connection: what comes after it has to be entered again.
    fastify.addHook('preValidation', enter);
  }
}
