import { parse } from 'node:querystring';

import { HttpException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** The most of each that a request may have: a browser sends some 20 headers, and no form here has 10 fields. */
const MOST_HEADERS = 100;
const MOST_FIELDS = 100;

/** Refuses what has more headers or parameters than anybody needs, before any of them is looked at. */
export function refuseExcess(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw }, _, done) => {
    if (raw.rawHeaders.length > 2 * MOST_HEADERS) done(new HttpException('headers', 431));
    else done(hasExcess(raw.url ?? '') ? new HttpException('parameters', 400) : undefined);
  });
}

/** The fields of a form as it is sent. @throws HttpException 413 when there are too many */
export function fieldsOf(body: string): Record<string, unknown> {
  if (hasExcess(body)) throw new HttpException('fields', 413);
  return parse(body, '&', '=', { maxKeys: MOST_FIELDS });
}

/** Counted in the text: what is to be refused is not worth parsing. */
function hasExcess(encoded: string): boolean {
  let ampersands = 0;
  for (let at = encoded.indexOf('&'); at >= 0; at = encoded.indexOf('&', at + 1)) {
    if (++ampersands >= MOST_FIELDS) return true;
  }
  return false;
}
