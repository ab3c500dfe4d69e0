import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { Session } from '../session/session.js';
import { SessionStoreUnavailable } from '../session/session.errors.js';
import { Views } from './views.js';

/** What the layout shows on every page; the session is null while the store can't tell. The app says what that is. */
export type LayoutOf = (session: Session | null, request: FastifyRequest) => object;

export const LAYOUT = Symbol('layout');

/** Renders whole pages: a template with its model, in the layout with what it shows on every page. */
@Injectable()
export class Pages {
  constructor(
    private readonly views: Views,
    @Inject(LAYOUT) private readonly layoutOf: LayoutOf,
  ) {}

  async render(request: FastifyRequest, template: string, model: object): Promise<string> {
    const session = await sessionIfKnown(request);
    return this.views.render(template, {
      ...this.layoutOf(session, request),
      currentPath: request.url.split('?')[0],
      ...model,
    });
  }
}

/** Null while the store can't answer: a page that is public by itself is not withheld for its header. */
async function sessionIfKnown(request: FastifyRequest): Promise<Session | null> {
  try {
    return await request.session.load();
  } catch (error) {
    if (error instanceof SessionStoreUnavailable) return null;
    throw error;
  }
}
