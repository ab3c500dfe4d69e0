import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests of a connection may wait for the one before them. Browsers send none before they have the answer. */
const MAX_WAITING = 10;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Hears when a connection begins with a request, and when that has its answer or never will. */
export interface TurnListener {
  onBegin(socket: Socket): void;
  onEnd(socket: Socket): void;
}

/**
 * Makes a server handle the requests of a connection one at a time. Answers leave in the order of the requests anyway
 * (RFC 9112, 9.3.2), but Node.js begins all that arrive, so one client could make it work for thousands at once.
 * A client that sends more than MAX_WAITING requests ahead is cut off.
 */
export function takeTurns(server: Server, listener?: TurnListener): void {
  const handlers = server.listeners('request') as RequestListener[];
  /** The requests that wait, of each connection that has one in the handler. */
  const waiting = new WeakMap<Socket, Exchange[]>();

  const begin = (socket: Socket, { request, response }: Exchange): void => {
    listener?.onBegin(socket);
    response.once('close', () => {
      listener?.onEnd(socket);
      next(socket);
    });
    for (const handle of handlers) handle.call(server, request, response);
  };
  const next = (socket: Socket): void => {
    // After `connection: close` nothing more can be answered, so the client sends it again over another connection.
    const exchange = socket.writable ? waiting.get(socket)?.shift() : undefined;
    if (exchange) begin(socket, exchange);
    else waiting.delete(socket);
  };

  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const queue = waiting.get(socket);
    if (!queue) {
      waiting.set(socket, []);
      begin(socket, { request, response });
    } else if (queue.length < MAX_WAITING) queue.push({ request, response });
    else cutOff(socket);
  });
}

/** As Node.js itself has it: https://github.com/nodejs/node/blob/main/lib/_http_common.js */
interface Parsed extends Socket {
  readonly parser?: { onIncoming: () => number } | null;
}

/** What makes the parser leave what follows to somebody else, as it does after an upgrade to another protocol. */
const NOT_HTTP = 2;

/**
 * Closes a connection and stops its parser: what has arrived already may be thousands of requests, and Node.js makes an
 * object and an error of each, which takes longer than to answer everybody else.
 */
function cutOff(socket: Parsed): void {
  if (socket.parser) socket.parser.onIncoming = () => NOT_HTTP;
  socket.destroy();
}
