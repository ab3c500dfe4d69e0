import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import compress from '@fastify/compress';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';

import type { Config } from '../config/config.js';

/** The longest that caches are told to keep a file: a year; a browser does not even ask whether it has changed (RFC 8246). */
const FOR_GOOD = 'public, max-age=31536000, immutable';

/**
 * The files of a folder, which everybody gets as they are. In production a page names each by an address that its content
 * makes, and a browser keeps what it has got from there: of a site that it knows it asks for pages alone. In development,
 * where files change under a running program, it asks each time.
 */
export class StaticFiles {
  readonly #folder: string;
  /** By path: `/styles.css`. */
  readonly #addresses = new Map<string, string>();

  constructor(folder: string, environment: Config['environment']) {
    this.#folder = resolve(folder);
    if (environment === 'production') this.#findAddresses();
  }

  /** The address for a page to name. */
  addressOf(path: string): string {
    return this.#addresses.get(path) ?? path;
  }

  /** Files are compressed, and pages are not: a page's length would tell what is in it of the user's (https://breachattack.com). */
  async serve(fastify: FastifyInstance): Promise<void> {
    // While workers are replaced, a page of one names files that another may have in another version.
    const kept = new Set(this.#addresses.values());
    await fastify.register(compress, { encodings: ['br', 'gzip'] });
    await fastify.register(staticFiles, {
      ...{ root: this.#folder, wildcard: false, index: false },
      setHeaders: (reply) => {
        if (kept.has(reply.request.url)) reply.header('cache-control', FOR_GOOD);
      },
    });
  }

  #findAddresses(): void {
    for (const entry of readdirSync(this.#folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const path = `/${relative(this.#folder, file).replaceAll('\\', '/')}`;
      const version = hash('sha256', readFileSync(file), 'base64url').slice(0, 10);
      this.#addresses.set(path, `${path}?${version}`);
    }
  }
}
