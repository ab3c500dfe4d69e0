import { once } from 'node:events';
import { Server as NetServer, type Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

/** How long a connection may stay idle once the server drains, in milliseconds: its next request may be on its way. */
const IDLE_MS = 1_000;

/** The connections of a Fastify server, so that it can end without failing a request. */
export class Connections {
  readonly #fastify: FastifyInstance;
  readonly #open = new Set<Socket>();
  readonly #busy = new Set<Socket>();
  #draining = false;

  constructor(fastify: FastifyInstance) {
    this.#fastify = fastify;
    fastify.server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#busy.delete(socket);
      });
    });
    fastify.addHook('onRequest', (request, _, done) => {
      this.#busy.add(request.raw.socket);
      done();
    });
    fastify.addHook('onSend', (_, reply, payload, done) => {
      if (this.#draining) reply.header('connection', 'close');
      done(null, payload);
    });
    fastify.addHook('onResponse', (request, _, done) => {
      this.#busy.delete(request.raw.socket);
      done();
    });
  }

  /**
   * Takes no new connections, and tells each that there is to close after its next answer. Those that stay idle are
   * closed after a second: at once would fail a request that is just being sent.
   * Resolves when none is left, at the latest after `graceMs` milliseconds, to how many requests got no answer.
   */
  async drain(graceMs: number): Promise<number> {
    this.#draining = true;
    const { server } = this.#fastify;
    const closed = once(server, 'close');
    // http.Server's own close() ends idle connections at once.
    NetServer.prototype.close.call(server);
    for (const socket of this.#open) if (!this.#busy.has(socket)) socket.setTimeout(IDLE_MS);
    let unanswered = 0;
    const timer = setTimeout(() => {
      unanswered = this.#busy.size;
      for (const socket of this.#open) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    return unanswered;
  }
}
