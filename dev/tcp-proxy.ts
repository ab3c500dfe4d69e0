import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { freePort } from './free-port.js';

/**
 * Passes on what comes to its port, and counts how often the client had to wait for an answer; until it is told to
 * swallow everything, as a network does that loses all and says nothing.
 */
export class TcpProxy {
  /** @param delayMs how long each answer is held back, in milliseconds */
  static async to(target: number, delayMs = 0): Promise<TcpProxy> {
    const port = await freePort();
    const proxy = new TcpProxy(port, target, delayMs);
    proxy.#server.listen(port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #swallows = false;
  #asked = false;
  #roundTrips = 0;

  private constructor(
    readonly port: number,
    target: number,
    /** How long each answer is held back, in milliseconds. */
    public delayMs: number,
  ) {
    this.#server = createServer((client) => {
      const server = connect(target, '127.0.0.1');
      client.on('data', () => (this.#asked = true));
      server.on('data', () => this.#answered());
      this.#pass(client, server, () => 0);
      this.#pass(server, client, () => this.delayMs);
    });
    this.#server.unref();
  }

  /** From now on nothing gets through in either direction, and no connection is closed. */
  swallow(): void {
    this.#swallows = true;
  }

  /** Lets everything through again, at once. Connections that have lost something are closed. */
  heal(): void {
    this.#swallows = false;
    this.delayMs = 0;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** How often something was asked and answered so far. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #answered(): void {
    if (this.#asked) this.#roundTrips++;
    this.#asked = false;
  }

  #pass(from: Socket, to: Socket, delayMs: () => number): void {
    this.#sockets.add(from);
    from.unref();
    from.on('data', (data) => {
      if (this.#swallows) return;
      if (delayMs() > 0) setTimeout(() => to.write(data), delayMs());
      else to.write(data);
    });
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!this.#swallows) to.destroy();
    });
    // 'close' comes after it, and is what counts.
    from.on('error', () => undefined);
  }
}
