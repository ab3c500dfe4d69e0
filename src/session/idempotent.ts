import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Logger } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { SessionStoreUnavailable } from './session.errors.js';
import type { SessionKey } from './session-id.js';
import { markerRecord } from './session-record.js';
import type { SessionStore, Version } from './stores/session-store.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly idempotent?: boolean;
  }
  interface FastifyRequest {
    [CLAIM]: Claim | null;
  }
}

/**
 * For handlers that give the session another id, or end it: a form that is sent twice from one session, as by a double
 * click, is carried out once. Its twin waits and gets the same answer with the same cookie. Without this the twin would
 * come with an id that is dead by then, and a browser keeps the last answer.
 */
export const Idempotent = () => RouteConfig({ idempotent: true });

/** How long a twin waits for the answer, and how long a worker that was killed keeps it waiting. In milliseconds. */
const UNDER_WAY_MS = 10_000;

/** How long an answer is kept for a twin that comes late, in milliseconds. */
const ANSWERED_MS = 60_000;

const MAX_PAUSE_MS = 100;

/** A request that is the first of its kind, and its place in the store. */
interface Claim {
  readonly key: SessionKey;
  readonly version: Version;
  readonly secret: Buffer;
}

const CLAIM = Symbol('claim');

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

const KEPT_HEADERS = ['location', 'content-type', 'set-cookie', 'clear-site-data'];

/**
 * Keeps the answers for twins in the session store. Name and key of each come from all ids that were sent and
 * the whole request: whoever reads the store can't open them, and whoever has an id alone can't ask for them.
 */
export class IdempotentRequests {
  readonly #logger = new Logger('Session');

  constructor(private readonly store: SessionStore) {}

  /** @param fastify has sessions already: this looks at what becomes of their cookies */
  addHooks(fastify: FastifyInstance): void {
    fastify.decorateRequest(CLAIM, null);
    fastify.addHook('preHandler', async (request, reply) => {
      if (!request.routeOptions.config.idempotent) return;
      const answer = await this.#claimOrAnswer(request);
      if (answer) return reply.code(answer.status).headers(answer.headers).send(answer.body);
    });
    fastify.addHook('onSend', async (request, reply, payload) => {
      const claim = request[CLAIM];
      if (claim) await this.#settle(claim, request, reply, payload);
    });
  }

  /** The answer that a twin has got; null when this is the first, or the first takes too long. */
  async #claimOrAnswer(request: FastifyRequest): Promise<Answer | null> {
    const ids = request.session.sentIds;
    if (ids.length === 0) return null;
    const { method, url, body } = request;
    const secret = createHash('sha256')
      .update(JSON.stringify([ids, method, url, body]))
      .digest();
    const key = derive(secret, 'name').toString('base64url') as SessionKey;
    const started = performance.now();
    for (let wait = 10; performance.now() - started < UNDER_WAY_MS; wait *= 1.5) {
      const version = await this.store.create(key, markerRecord(null, UNDER_WAY_MS));
      if (version !== null) {
        request[CLAIM] = { key, version, secret };
        return null;
      }
      const answer = await this.#read(key, secret);
      if (answer !== null) return answer;
      await pause(Math.min(wait, MAX_PAUSE_MS));
    }
    return null;
  }

  /** Null while the first is under way, and when there is none any more. */
  async #read(key: SessionKey, secret: Buffer): Promise<Answer | null> {
    try {
      const data = (await this.store.read(key))?.record.data;
      return typeof data === 'string' ? open(data, secret) : null;
    } catch (error) {
      if (error instanceof SessionStoreUnavailable) throw error;
      this.#logger.warn(`an answer that can't be read was deleted: ${String(error)}`);
      await this.store.delete(key);
      return null;
    }
  }

  /** Keeps the answer, if the id of the session is dead by it; else the same may be asked for again. */
  async #settle(
    { key, version, secret }: Claim,
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<void> {
    const body = typeof payload === 'string' ? payload : '';
    const isDone = reply.statusCode < 400 && request.session.cookieChange !== null;
    try {
      if (isDone) {
        const sealed = seal({ status: reply.statusCode, headers: kept(reply), body }, secret);
        await this.store.replace(key, version, markerRecord(sealed, ANSWERED_MS));
      } else {
        await this.store.delete(key, version);
      }
    } catch (error) {
      if (!(error instanceof SessionStoreUnavailable)) throw error;
      this.#logger.warn(`an answer was not kept for a second request: ${error.message}`);
    }
  }
}

function kept(reply: FastifyReply): Answer['headers'] {
  const headers: Record<string, string | string[]> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = Array.isArray(value) ? value : String(value);
  }
  return headers;
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `idempotent ${purpose}`, 32));
}

/** AES-256-GCM (NIST SP 800-38D) with a nonce of 96 bits; a key seals one answer. */
function seal(answer: Answer, secret: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', derive(secret, 'answer'), nonce);
  const sealed = [cipher.update(JSON.stringify(answer)), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64url');
}

function open(text: string, secret: Buffer): Answer {
  const bytes = Buffer.from(text, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', derive(secret, 'answer'), nonce);
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
  return JSON.parse(Buffer.concat(opened).toString()) as Answer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
