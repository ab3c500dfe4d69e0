import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { currentRequest } from '../http/current-request.js';
import type { SessionObserver } from '../session/session-observer.js';
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
export class StoreRequests implements SessionObserver {
  readonly #ofRequest = new WeakMap<FastifyRequest, StoreRequest[]>();

  readonly onOperation: StoreObserver = (operation, ms, error) => {
    const request = currentRequest();
    if (!request) return;
    const asked = this.#ofRequest.get(request) ?? [];
    asked.push({ operation, ms, failed: error !== undefined });
    this.#ofRequest.set(request, asked);
  };

  of(request: FastifyRequest): readonly StoreRequest[] {
    return this.#ofRequest.get(request) ?? [];
  }
}
