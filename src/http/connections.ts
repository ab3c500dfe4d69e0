import type { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { answerAndClose } from './malformed.js';
import type { SecurityHeaders } from './security-headers.js';
import { takeTurns } from './turns.js';

/**
 * How long a connection may stay idle once the server drains, in milliseconds: its next request may be on its way, and a
 * client on a busy machine hears of the end late.
 */
const IDLE_MS = 2_000;

/**
 * How long a client may take nothing of an answer that waits for it, in milliseconds. As long as it may take to send a
 * request: a phone that was in a tunnel goes on after that, and what is kept for those who never do stays little.
 */
export const UNREAD_MS = 20_000;

/** The connections that a Fastify server answers. Somebody else accepts them: so it can end without failing a request. */
export class Connections {
  readonly #server: FastifyInstance['server'];
  readonly #open = new Set<Socket>();
  readonly #busy = new Set<Socket>();
  #draining = false;
  #onEmpty: () => void = () => undefined;

  /**
   * @param most how many may be open at once: one more is answered with 503
   * @param headers those of that answer
   * @param unreadMs how long a client may take nothing of its answer
   */
  constructor(
    fastify: FastifyInstance,
    private readonly most: number,
    private readonly headers: SecurityHeaders = {},
    private readonly unreadMs = UNREAD_MS,
  ) {
    this.#server = fastify.server;
    // It never listens by itself; this is what makes it watch over the time that requests take.
    fastify.server.emit('listening');
    fastify.server.on('timeout', (socket) => this.#onTimeout(socket));
    takeTurns(fastify.server, {
      onBegin: (socket) => this.#onBegin(socket),
      onEnd: (socket) => this.#onEnd(socket),
    });
    fastify.addHook('onSend', (_, reply, payload, done) => {
      if (this.#draining) reply.header('connection', 'close');
      done(null, payload);
    });
  }

  add(socket: Socket): void {
    if (this.#open.size >= this.most) {
      answerAndClose(socket, 503, { ...this.headers, 'retry-after': '2' });
      // What the client has sent is still to be taken: closing before would take the answer back.
      socket.setTimeout(IDLE_MS, () => socket.destroy()).resume();
      return;
    }
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#busy.delete(socket);
      if (this.#open.size === 0) this.#onEmpty();
    });
    this.#server.emit('connection', socket);
    // Nothing was read from it before somebody listens.
    socket.resume();
    if (this.#draining) socket.setTimeout(IDLE_MS);
  }

  /**
   * Tells each connection that there is to close after its next answer. Those that stay idle are closed after two seconds:
   * at once would fail a request that is just being sent.
   * Resolves when none is left, at the latest after `graceMs` milliseconds, to how many requests got no answer.
   */
  async drain(graceMs: number): Promise<number> {
    this.#draining = true;
    let unanswered = 0;
    const timer = setTimeout(() => {
      unanswered = this.#busy.size;
      for (const socket of this.#open) socket.destroy();
    }, graceMs);
    for (const socket of this.#open) if (!this.#busy.has(socket)) socket.setTimeout(IDLE_MS);
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      if (this.#open.size === 0) resolve();
    });
    clearTimeout(timer);
    return unanswered;
  }

  #onBegin(socket: Socket): void {
    this.#busy.add(socket);
    socket.setTimeout(this.unreadMs);
  }

  #onEnd(socket: Socket): void {
    this.#busy.delete(socket);
    // Its answer may have begun before the drain did.
    if (this.#draining) socket.setTimeout(IDLE_MS);
  }

  /** Whatever is sent or received starts the time anew. An answer that sends nothing for long, like a stream of events, is fine. */
  #onTimeout(socket: Socket): void {
    if (!this.#busy.has(socket)) closeIfIdle(socket);
    else if (socket.writableLength > 0) socket.destroy();
  }
}

/** After a turn that took long its time is over before anybody has looked at what it has sent. */
function closeIfIdle(socket: Socket): void {
  const { bytesRead } = socket;
  setImmediate(() => {
    if (socket.bytesRead === bytesRead) socket.destroy();
  });
}
