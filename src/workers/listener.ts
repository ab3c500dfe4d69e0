import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** The address can't be listened on; the message says why. */
export class ListenFailed extends Error {
  override readonly name = 'ListenFailed';
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where connections come in. Who answers them may change from one to the next. */
export class Listener {
  #server: Server | null = null;
  #address: Address | null = null;

  constructor(private readonly onConnection: (socket: Socket) => void) {}

  /** Listens on an address, and on no other from then on. Connections that there are stay. @throws ListenFailed */
  async listen({ host, port }: Address): Promise<void> {
    if (this.#address?.host === host && this.#address.port === port) return;
    // As an HTTP server has it; whoever gets the connection reads it.
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    server.on('connection', (socket) => {
      // While it waits for a worker nobody reads from it: whoever serves it finds out by itself.
      socket.on('error', () => undefined);
      this.onConnection(socket);
    });
    try {
      await once(server.listen(port, host), 'listening');
    } catch (error) {
      throw new ListenFailed(reasonOf(error, { host, port }), { cause: error });
    }
    this.close();
    this.#server = server;
    this.#address = { host, port };
  }

  get url(): string {
    const { address = '', port = 0 } = Object(this.#server?.address()) as Partial<AddressInfo>;
    return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }

  /** Takes no more connections than those that the system has taken already. */
  close(): void {
    const server = this.#server;
    setImmediate(() => server?.close());
  }
}

function reasonOf(error: unknown, { host, port }: Address): string {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'EADDRINUSE') return `port ${port} of ${host} is taken by another program`;
  if (code === 'EACCES') return `port ${port} is not for everybody to listen on`;
  return `can't listen on port ${port} of ${host}: ${String(error)}`;
}
