import { ForbiddenException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses writes that say neither with Sec-Fetch-Site nor with Origin where they come from: those of no browser. */
export function refuseWritesWithoutOrigin(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ method, headers }, _, done) => {
    const says = headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;
    done(READS.has(method) || says ? undefined : new ForbiddenException());
  });
}

/** What a page is asked for as: by itself, or by a script of this site. */
const DESTINATIONS = new Set(['document', 'empty']);

/**
 * Whether a browser asks for a page to put it into another: as a picture, a script or a frame, or by another site's
 * script (Fetch Metadata; https://web.dev/articles/fetch-metadata). A link on another site is none of these.
 */
export function isEmbedding({ headers }: FastifyRequest): boolean {
  const { 'sec-fetch-dest': destination, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (destination !== undefined && !DESTINATIONS.has(destination)) return true;
  return (site === 'cross-site' || site === 'same-site') && mode !== 'navigate';
}
