import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { BadRequestException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

import type { SecurityHeaders } from './security-headers.js';

/** What Node.js's parser says of requests that no handler sees: https://nodejs.org/api/http.html#event-clienterror */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/** As Node.js itself looks at it before it answers: https://github.com/nodejs/node/blob/main/lib/_http_server.js */
interface Answering extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

/** Answers a request that can't be read, and closes the connection: what follows on it can't be told apart. */
export function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Answering,
  headers: SecurityHeaders,
): void {
  // Another answer may be on its way already: one into the middle of it would be taken for a part.
  const isAnswered = socket._httpMessage?.headersSent ?? false;
  if (isAnswered || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  answerAndClose(socket, STATUS_OF[error.code ?? ''] ?? 400, headers);
}

/** Answers on a connection whose requests nobody reads, and closes it. */
export function answerAndClose(
  socket: Socket,
  status: number,
  given: Readonly<Record<string, string>>,
): void {
  const reason = STATUS_CODES[status] ?? '';
  const headers = {
    ...given,
    'cache-control': 'no-store',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(reason),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${reason}`);
}

/**
 * Refuses what the parser lets pass and a proxy in front may have read in another way: requests of HTTP/0.9, which have no
 * headers, and those that name no host or several (RFC 9112, 3.2).
 */
export function refuseAmbiguous(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw }, _, done) => {
    const { httpVersion, rawHeaders } = raw;
    const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
    const isPlain = hosts.length === 1 || (httpVersion === '1.0' && hosts.length === 0);
    done(isPlain ? undefined : new BadRequestException());
  });
}
