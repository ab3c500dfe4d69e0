import type { FastifyInstance } from 'fastify';

import type { Pages } from './pages.js';
import { wantsJson } from './wants-json.js';

declare module 'fastify' {
  interface FastifyReply {
    view(this: FastifyReply, template: string, model: object): Promise<void>;
  }
}

/**
 * Makes Nest's `@Render('login')` show what a handler returns with a template of views/; a client that asks for JSON gets
 * it as it is.
 */
export function addViews(fastify: FastifyInstance, pages: Pages): void {
  fastify.decorateReply('view', async function (template, model) {
    const body = wantsJson(this.request)
      ? model
      : await pages.render(this.request, template, model);
    if (typeof body === 'string') this.type('text/html; charset=utf-8');
    this.send(body);
  });
}
