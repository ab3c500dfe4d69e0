import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { LayoutPart } from '../../src/feature/feature.js';
import type { Session } from '../../src/session/session.js';

/** What the templates of all pages get as `{{counter.…}}`. It fails for URLs that say so. */
@Injectable()
export class CounterLayout implements LayoutPart {
  async of(session: Session | null, { url }: FastifyRequest) {
    if (url.includes('broken-layout')) throw new Error('the layout of the counter is broken');
    return { isEmpty: (session?.data.count ?? 0) === 0 };
  }
}
