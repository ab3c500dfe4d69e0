import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import type { Config } from '../config/config.js';
import { takeTurns } from '../http/turns.js';
import { Listener } from './listener.js';

/** How long nothing may be read or written on a connection before it is closed, in milliseconds. */
const INACTIVE_MS = 20_000;

/** Answers `GET /metrics` on an address of its own, so that no route of the public one leads there. */
export class MetricsServer {
  readonly #http = createServer((request, response) => void this.#answer(request, response));
  #listener: Listener | null = null;

  /** @param text resolves to the metrics as they are at that moment */
  constructor(
    private readonly text: () => Promise<string>,
    private readonly logger: Logger,
  ) {
    // It never listens by itself; this is what makes it watch over the time that requests take.
    this.#http.emit('listening');
    takeTurns(this.#http);
    this.#http.setTimeout(INACTIVE_MS);
  }

  /** Listens where the settings say, or no more. @throws ListenFailed */
  async use({ enabled, host, port }: Config['metrics']): Promise<void> {
    if (!enabled) {
      this.#listener?.close();
      this.#listener = null;
      return;
    }
    const listener = this.#listener ?? new Listener((socket) => this.#take(socket));
    await listener.listen({ host, port });
    this.#listener = listener;
    this.logger.info({ url: `${listener.url}/metrics` }, 'metrics');
  }

  #take(socket: Socket): void {
    this.#http.emit('connection', socket);
    // Nothing was read from it before somebody listens.
    socket.resume();
  }

  async #answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await this.text();
      response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text);
    } catch (error) {
      this.logger.error(error, 'the metrics can’t be told');
      response.writeHead(500).end();
    }
  }
}
