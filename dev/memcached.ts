import { once } from 'node:events';
import { connect } from 'node:net';

import { freePort } from './free-port.js';
import { tempFolder } from './guard.js';
import { commandFor } from './install.js';
import { ServerProcess } from './server-process.js';

export interface MemcachedServer extends ServerProcess {
  readonly url: string;
  /** Sends a command on a connection of its own; resolves to the reply, which ends with `end`. */
  call(command: string, end: string): Promise<string>;
}

/**
 * Starts a private memcached.
 * @throws NotInstalled when there is none and none can be installed
 */
export async function startMemcached(say?: (line: string) => void): Promise<MemcachedServer> {
  const command = await commandFor(['memcached'], 'memcached', say);
  const port = await freePort();
  const server = new ServerProcess({
    command,
    // It refuses to run as root.
    args: ['-l', '127.0.0.1', '-p', String(port), '-u', 'nobody'],
    folder: tempFolder('memcached'),
    port,
    answers: async () => answers(port),
  });
  await server.start();
  return Object.assign(server, {
    url: `memcached://127.0.0.1:${port}`,
    call: async (line: string, end: string) => call(port, line, end),
  });
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await call(port, 'mn', '\r\n')).startsWith('MN');
  } catch {
    return false;
  }
}

async function call(port: number, command: string, end: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  try {
    socket.write(`${command}\r\n`);
    let reply = '';
    while (!reply.endsWith(end)) {
      const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(2_000) })) as [
        string,
      ];
      reply += data;
    }
    return reply;
  } finally {
    socket.destroy();
  }
}
