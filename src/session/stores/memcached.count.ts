import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Counts the live items whose keys begin with a prefix. memcached has no list of its items but the one that its crawler
 * writes, on a connection of its own; one crawl at a time.
 * https://github.com/memcached/memcached/blob/master/doc/protocol.txt
 * @throws Error when a crawl is under way already, or of the connection
 */
export async function countItems(url: string, prefix: string, timeoutMs: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 11_211) });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)));
  try {
    await once(socket, 'connect');
    socket.write('lru_crawler metadump hash\r\n');
    // An item is "key=session%3Aabc exp=1790000000 la=… cas=…", and -1 for one that does not expire.
    const start = `key=${encodeURIComponent(prefix)}`;
    let items = 0;
    for await (const line of createInterface(socket)) {
      if (line === 'END') return items;
      if (!line.startsWith('key=')) throw new Error(line);
      const expiresAt = Number(/ exp=(-?\d+)/.exec(line)?.[1]);
      if (line.startsWith(start) && (expiresAt < 0 || expiresAt * 1_000 > Date.now())) items++;
    }
    throw new Error('it closed the connection');
  } finally {
    socket.destroy();
  }
}
